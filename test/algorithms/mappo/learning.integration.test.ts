// MAPPO where the best policy is known: every step pays an agent for pushing to its own side.
import '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { mappoConfig } from '../../../src/algorithms/mappo/config.ts'
import { MappoImprovement } from '../../../src/algorithms/mappo/improvement.ts'
import { record } from '../../../src/algorithms/on-policy/recording.ts'
import { RunningCopies } from '../../../src/algorithms/on-policy/running-copies.ts'
import { TrainFlags } from '../../../src/algorithms/train-flags.ts'
import { parseFlags } from '../../../src/common/config.ts'
import { Rng } from '../../../src/common/rng.ts'
import type { TaskSpec } from '../../../src/env/task-spec.ts'
import { dimensionsOf } from '../../../src/worlds/dima/train/world-model.ts'
import { syntheticVectorEnv } from '../../episodes/sources/synthetic-vector-env.ts'
import { AGENTS } from '../../runs/synthetic-env.ts'

const SETTINGS = { copies: 8, stepsPerCopy: 32, 'ppo.passes': 5, 'ppo.learningRate': 0.003, 'ppo.clip': 0.2 }
const set = Object.entries(SETTINGS)
  .map(([name, value]) => `${name}=${value}`)
  .join()

const units = (count: number) => Array<string>(count).fill('1')
const task: TaskSpec = {
  name: 'Push-v0',
  agents: AGENTS.map((name) => ({
    name,
    actuators: [name],
    observationNames: ['a', 'b', 't', 'id'],
    observationUnits: units(4),
  })),
  actionLow: -1,
  actionHigh: 1,
  actionUnit: '1',
  stateNames: ['a', 'b', 't'],
  stateUnits: units(3),
  episodeLimit: 24,
  stepSeconds: 1,
  reward: 'of the synthetic environment',
}

test('the reward that it plays for rises', async () => {
  const config = mappoConfig(
    parseFlags(TrainFlags, ['--algorithm', 'mappo', '--task', task.name, '--set', set]),
  )
  const { copies: E, stepsPerCopy } = config.hyperparameters
  const copies = new RunningCopies(syntheticVectorEnv({ copies: E, autoreset: 'disabled' }), 1)
  const improvement = await MappoImprovement.open(config, task, { cores: 1, stepsPerCall: 1 })
  const rewards: number[] = []
  for (let i = 0; i < 15; i++) {
    const policy = await improvement.policy()
    const played = (await record(copies, policy, stepsPerCopy, dimensionsOf(task), new Rng(1, i)))!
    await policy.close()
    rewards.push(played.rewards.reduce((a, b) => a + b, 0) / played.rewards.length)
    await improvement.improve(played, new Rng(2, i), 1)
  }
  await improvement.close()
  // The reward is about 100 times the first agent's action, whose standard deviation is 0.37.
  expect(Math.abs(rewards[0]!)).toBeLessThan(10)
  expect(rewards.at(-1)).toBeGreaterThan(30)
})
