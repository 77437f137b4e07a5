import { expect, test } from 'vitest'
import { happoConfig } from '../../../src/algorithms/happo/config.ts'
import { mappoConfig } from '../../../src/algorithms/mappo/config.ts'
import { PPO_POLICY } from '../../../src/networks/policy-sizes.ts'
import { parseTrainFlags } from '../flags.ts'

const resolve = (...argv: string[]) => happoConfig(parseTrainFlags('--algorithm', 'happo', ...argv))

test.each(['Ant-2x4', 'Ant-4x2', 'HalfCheetah-2x3', 'Walker2d-3x2', 'Push-v0'])(
  "%s has MAPPO's values, as in HARL's files (method.md 6)",
  (task) => {
    const { hyperparameters, policy, steps } = resolve('--task', task)
    const mappo = mappoConfig(parseTrainFlags('--algorithm', 'mappo', '--task', task))
    const { rewards: _, evaluation: __, ...shared } = mappo.hyperparameters
    expect(hyperparameters).toEqual({ ...shared, evaluation: { everySteps: 10_000, episodes: 10 } })
    expect(policy).toEqual(PPO_POLICY)
    expect(steps).toBe(1_000_000)
  },
)

test.each([
  ['--envs', '4', 'envs', 'happo has its copies as a hyper-parameter'],
  ['--dataset', 'recorded.hdf5', 'algorithm', 'happo plays in an environment'],
  ['--set', 'rewards=per-agent', 'set', 'no such hyper-parameter'],
])('%s %s is refused by name', (flag, value, field, message) => {
  expect(() => resolve(flag, value)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      details: expect.objectContaining({ field }),
    }),
  )
})
