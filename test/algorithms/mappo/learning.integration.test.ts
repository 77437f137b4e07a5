// MAPPO where the best policy is known: every step pays an agent for pushing to its own side.
import '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { mappoConfig } from '../../../src/algorithms/mappo/config.ts'
import { MappoImprovement } from '../../../src/algorithms/mappo/improvement.ts'
import { record } from '../../../src/algorithms/play/recording.ts'
import { RunningCopies } from '../../../src/algorithms/play/running-copies.ts'
import { TrainFlags } from '../../../src/algorithms/train-flags.ts'
import { parseFlags } from '../../../src/common/config.ts'
import { Rng } from '../../../src/common/rng.ts'
import type { PerAgent } from '../../../src/env/parallel-env.ts'
import { scaledTask } from '../../../src/env/scaled-actions.ts'
import type { TaskSpec } from '../../../src/env/task-spec.ts'
import { uniformEnv } from '../../../src/env/vector/uniform-env.ts'
import type { VectorEnv } from '../../../src/env/vector/vector-env.ts'
import { dimensionsOf } from '../../../src/worlds/dima/train/world-model.ts'
import { choiceEnv, choiceTask } from '../../episodes/sources/choice-env.ts'
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

/** Mean reward of each iteration. */
async function learn(
  task: TaskSpec,
  open: (copies: number) => VectorEnv,
  iterations: number,
  more = '',
): Promise<number[]> {
  const flags = ['--algorithm', 'mappo', '--task', task.name, '--set', `${set}${more}`]
  const config = mappoConfig(parseFlags(TrainFlags, flags))
  const { copies: E, stepsPerCopy } = config.hyperparameters
  const copies = new RunningCopies(open(E), 1)
  const improvement = await MappoImprovement.open(config, task, { cores: 1, stepsPerCall: 1 })
  const rewards: number[] = []
  for (let i = 0; i < iterations; i++) {
    const policy = await improvement.policy()
    const played = (await record(copies, policy, stepsPerCopy, dimensionsOf(task), new Rng(1, i)))!
    await policy.close()
    rewards.push(played.rewards.reduce((a, b) => a + b, 0) / played.rewards.length)
    await improvement.improve(played, new Rng(2, i), 1)
  }
  await improvement.close()
  return rewards
}

test('the reward that it plays for rises', async () => {
  const rewards = await learn(task, (copies) => syntheticVectorEnv({ copies, autoreset: 'disabled' }), 15)
  // The reward is about 100 times the first agent's action, whose standard deviation is 0.37.
  expect(Math.abs(rewards[0]!)).toBeLessThan(10)
  expect(rewards.at(-1)).toBeGreaterThan(30)
})

test('agents with rewards of their own learn each by its own', async () => {
  const open = (copies: number) => paidApart(syntheticVectorEnv({ copies, autoreset: 'disabled' }))
  expect((await learn(task, open, 15, ',rewards=per-agent')).at(-1)).toBeGreaterThan(15)
})

/** Each agent earns what it pushes itself. */
function paidApart(env: VectorEnv): VectorEnv {
  const step = env.step.bind(env)
  return Object.assign(env, {
    step: async (actions: PerAgent<ArrayLike<number>>) => {
      const rewards = Object.fromEntries(
        AGENTS.map((name) => [name, Float64Array.from(actions[name]!, (push) => 100 * push)]),
      )
      return { ...(await step(actions)), rewards }
    },
  })
}

test('agents that differ learn what to choose, beside numbers of another range', async () => {
  const scaled = scaledTask(choiceTask, choiceEnv(1))
  const rewards = await learn(scaled, (copies) => uniformEnv(choiceEnv(copies), scaled), 40)
  // At random a third, a half, and a force about 2 instead of 3: 0.33 + 0.5 - 1.1. At best 2 less the force's own spread.
  expect(rewards[0]).toBeLessThan(0)
  expect(rewards.at(-1)).toBeGreaterThan(1)
})
