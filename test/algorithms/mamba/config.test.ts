// What a MAMBA run is by its flags, and what is refused.
import { expect, test } from 'vitest'
import { mambaConfig, restoreMamba } from '../../../src/algorithms/mamba/config.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { NETWORK_PRESETS } from '../../../src/worlds/mamba/networks/presets.ts'
import { parseTrainFlags } from '../flags.ts'

const resolve = (...argv: string[]) => mambaConfig(parseTrainFlags('--algorithm', 'mamba', ...argv))

test('preset paper has the values of the original', () => {
  const { hyperparameters, networks, steps } = resolve('--preset', 'paper')
  expect(networks).toEqual(NETWORK_PRESETS.paper)
  expect(steps).toBe(100_000)
  expect(hyperparameters).toMatchObject({
    ...{ stepsPerEpoch: 1, warmupSteps: 500, capacity: 250_000, timeLimitIsEnd: false },
    world: { batch: 40, sequence: 18, updatesPerEpoch: 60, learningRate: 2e-4, clipNorm: 100 },
    behaviour: {
      rollouts: 720,
      steps: 14,
      updatesPerEpoch: 4,
      passes: 5,
      clip: 0.2,
      gamma: 0.99,
      lambda: 0.95,
    },
  })
})

test('a run folder gives the configuration that it was begun with', () => {
  const config = resolve('--set', 'world.batch=8')
  expect(restoreMamba(JSON.parse(JSON.stringify(config)))).toEqual(config)
})

test.each([
  [['--dataset', 'recorded.hdf5'], 'algorithm', 'mamba plays in an environment'],
  [['--env', 'ws://127.0.0.1:1'], 'env', 'no bridge will do'],
  [['--steps-per-call', '2'], 'stepsPerCall', 'takes its updates one by one'],
  [['--set', 'world.depth=3'], 'set', 'no such hyper-parameter'],
])('%s is refused by name', (argv, field, message) => {
  expect(() => resolve(...argv)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      details: expect.objectContaining({ field }),
    }),
  )
})

test('so is a task whose observations do not tell the state', () => {
  const task = 'Ant-4x2?observation=k-hop'
  const flags = parseTrainFlags('--algorithm', 'mamba', '--task', task)
  expect(() => mambaConfig(flags, { spec: taskSpec(task) })).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ field: 'task', given: task }) }),
  )
})
