import { expect, test } from 'vitest'
import { hasacConfig } from '../../../src/algorithms/hasac/config.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { SAC_POLICY } from '../../../src/networks/policy-sizes.ts'
import { choiceTask } from '../../episodes/sources/choice-env.ts'
import { parseTrainFlags } from '../flags.ts'

const resolve = (...argv: string[]) => hasacConfig(parseTrainFlags('--algorithm', 'hasac', ...argv))

test.each([
  ['Ant-2x4', [2200, 5, 1e-3, 3e-4, 'fixed']],
  ['Ant-4x2', [1000, 5, 1e-3, 3e-4, 'fixed']],
  ['HalfCheetah-2x3', [1000, 10, 1e-3, 1e-3, 'automatic']],
  ['HalfCheetah-6x1-v1?observation=raw', [1000, 10, 1e-3, 1e-3, 'automatic']],
  ['Walker2d-3x2', [1000, 20, 5e-4, 1e-3, 'fixed']],
])('paper, %s has the tuned values of its task (method.md 6.2)', (task, expected) => {
  const { hyperparameters, policy, steps } = resolve('--preset', 'paper', '--task', task)
  const { batch, nStep, actorLearningRate, criticLearningRate, temperature } = hyperparameters
  expect([batch, nStep, actorLearningRate, criticLearningRate, temperature]).toEqual(expected)
  const { copies, stepsPerCopy, warmupSteps, updatesPerStep, capacity, gamma, polyak, alpha } =
    hyperparameters
  expect([copies, stepsPerCopy, warmupSteps, updatesPerStep, capacity]).toEqual([20, 50, 10_000, 0.05, 1e6])
  expect([gamma, polyak, alpha]).toEqual([0.99, 0.005, 0.2])
  expect([policy, steps]).toEqual([SAC_POLICY, 1_000_000])
})

test('small is our own: an update a step, whatever the task, for fewer steps', () => {
  const { hyperparameters, steps } = resolve('--task', 'Ant-2x4')
  expect(hyperparameters).toMatchObject({ updatesPerStep: 1, batch: 256, nStep: 1, temperature: 'automatic' })
  expect(steps).toBe(100_000)
})

test('hands keep no more than their budget, and discount as their files do', () => {
  const of = (preset: string, task: string) => resolve('--task', task, '--preset', preset).hyperparameters
  expect(of('paper', 'DexHands-Pen-mj1')).toMatchObject({ nStep: 20, actorLearningRate: 5e-4, gamma: 0.95 })
  expect(of('small', 'DexHands-DoorOpenOutward-mj1')).toMatchObject({
    gamma: 0.99,
    capacity: 300_000,
    batch: 256,
  })
})

test.each([
  ['--envs', '4', 'envs', 'hasac has its copies as a hyper-parameter'],
  ['--set', 'warmupSteps=0,batch=1001', 'batch', 'a batch of 1001 different transitions'],
  ['--set', 'capacity=500,batch=1001', 'batch', "can't be drawn of 1000"],
])('%s %s is refused by name', (flag, value, field, message) => {
  expect(() => resolve(flag, value)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      details: expect.objectContaining({ field }),
    }),
  )
})

test('agents that differ or choose are refused before anything is compiled', () => {
  const flags = parseTrainFlags('--algorithm', 'hasac')
  expect(() => hasacConfig(flags, { spec: choiceTask })).toThrow('hasac needs agents that are alike')
  expect(() => hasacConfig(flags, { spec: taskSpec('Ant-2x4') })).not.toThrow()
})
