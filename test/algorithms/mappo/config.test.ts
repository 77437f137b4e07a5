import { expect, test } from 'vitest'
import { mappoConfig } from '../../../src/algorithms/mappo/config.ts'
import { runFolderOf, TrainFlags } from '../../../src/algorithms/train-flags.ts'
import { parseFlags } from '../../../src/common/config.ts'
import { PPO_POLICY } from '../../../src/networks/policy-sizes.ts'

const flagsOf = (...argv: string[]) => parseFlags(TrainFlags, ['--algorithm', 'mappo', ...argv])
const resolve = (...argv: string[]) => mappoConfig(flagsOf(...argv))
const ppoOf = (task: string) => resolve('--task', task).hyperparameters.ppo

test.each([
  ['Ant-4x2', [0.1, 5, 1, 5e-4, 0, 'constant']],
  ['HalfCheetah-2x3', [0.05, 15, 1, 5e-4, 0.01, 'constant']],
  ['HalfCheetah-6x1-v1?observation=raw', [0.05, 15, 1, 5e-4, 0.01, 'constant']],
  ['Walker2d-2x3', [0.05, 5, 2, 1e-3, 0, 'linear']],
])('%s has the tuned values of its robot (method.md 6.3)', (task, expected) => {
  const { clip, valueClip, passes, minibatches, learningRate, entropy, decay } = ppoOf(task)
  expect([clip, passes, minibatches, learningRate, entropy, decay]).toEqual(expected)
  expect(valueClip).toBe(clip)
})

test('all tasks share the rest (method.md 6.3)', () => {
  const { hyperparameters, policy, steps } = resolve('--preset', 'paper')
  const { copies, stepsPerCopy, ppo } = hyperparameters
  expect([copies, stepsPerCopy, steps]).toEqual([20, 200, 1_000_000])
  expect([ppo.gamma, ppo.lambda, ppo.advantageEpsilon, ppo.huberDelta, ppo.epsilon, ppo.clipNorm]).toEqual([
    0.99, 0.95, 1e-5, 10, 1e-5, 10,
  ])
  expect(policy).toEqual(PPO_POLICY)
})

test('small is paper: the networks are small', () => {
  expect(resolve('--preset', 'small').hyperparameters).toEqual(resolve('--preset', 'paper').hyperparameters)
})

test('hands have the values of Pen, wider networks, and as many copies in paper alone', () => {
  const of = (preset: string, task: string) => resolve('--task', task, '--preset', preset)
  const small = of('small', 'DexHands-DoorOpenInward-mj1')
  const { clip, passes, entropy, gamma } = small.hyperparameters.ppo
  expect([clip, passes, entropy, gamma]).toEqual([0.2, 5, 0.01, 0.95])
  expect(small.hyperparameters).toMatchObject({ copies: 20, stepsPerCopy: 200, evaluation: { episodes: 1 } })
  expect([small.policy.actor, small.policy.critic.width]).toEqual([{ width: 256, layers: 3 }, 256])
  const played = ['DexHands-DoorOpenInward-mj1', 'DexHands-Pen-mj1?springs=on'].map((task) => {
    const { copies, stepsPerCopy } = of('paper', task).hyperparameters
    return [copies, stepsPerCopy]
  })
  expect(played).toEqual([
    [256, 250],
    [256, 125],
  ])
  const remote = of('small', 'ShadowHandPen') // of Bi-DexHands, behind a bridge: not the same every time
  expect(remote.policy).toEqual(small.policy)
  expect(remote.hyperparameters.evaluation.episodes).toBe(10)
})

test('single values are set on top', () => {
  expect(resolve('--set', 'copies=4,ppo.clip=0.2').hyperparameters).toMatchObject({
    copies: 4,
    ppo: { clip: 0.2, passes: 15 },
  })
})

test.each([
  ['--envs', '4', 'envs'],
  ['--steps-per-call', '8', 'stepsPerCall'],
  ['--dataset', 'recorded.hdf5', 'algorithm'],
  ['--set', 'behaviour.clip=1', 'set'],
])('%s %s is refused by name', (flag, value, field) => {
  expect(() => resolve(flag, value)).toThrow(
    expect.objectContaining({ code: 'invalid_config', details: expect.objectContaining({ field }) }),
  )
})

test('its run folder says the algorithm', () => {
  expect(runFolderOf(flagsOf('--seed', '2'), resolve('--seed', '2'))).toBe(
    'runs/halfcheetah-2x3-mappo-small-seed2',
  )
})
