// A simulator that gives half a unit more than the environment is found out.
import { expect, test } from 'vitest'
import { collectEpisode, gaussianPolicy } from '../../src/episodes/replay/collect.ts'
import { drawSegments } from '../../src/evaluation/held-out.ts'
import { policyText, scorePolicy } from '../../src/evaluation/policy-scores.ts'
import { dima } from '../../src/worlds/dima/serve/kind.ts'
import type { OpenSimulator } from '../../src/worlds/open-simulator.ts'
import type { Rollout } from '../../src/worlds/rollout.ts'
import { expectClose } from '../common/close.ts'
import { sizes, spec, syntheticEnv } from '../runs/synthetic-env.ts'

const env = syntheticEnv()
const play = (count: number, std: number) =>
  Array.from({ length: count }, (_, i) => collectEpisode(env, gaussianPolicy(env, std), 1, 'held-out', i))
const [mean, sampled] = [play(2, 0.1), play(3, 0.5)]
const drawn = { segments: 10, seed: 4 }
const truth = drawSegments(sampled, drawn.segments, drawn.seed, sizes)

async function scores(asked: Rollout[] = []) {
  const rollout = async (request: Rollout) => {
    asked.push(request)
    const lengths = new Int32Array(request.batch).fill(sizes.horizon)
    return { rewards: truth.rewards.map((reward) => reward + 0.5), lengths }
  }
  const simulator = { kind: dima, spec, rollout } as unknown as OpenSimulator
  return scorePolicy(simulator, { mean, sampled }, drawn)
}

test('returns are sums of whole episodes, of mean and of sampled actions apart', async () => {
  const { meanActions, sampledActions } = await scores()
  const sums = (episodes: typeof mean) => episodes.map(({ rewards }) => rewards.reduce((a, b) => a + b, 0))
  expect(meanActions).toMatchObject({
    episodes: 2,
    min: Math.min(...sums(mean)),
    max: Math.max(...sums(mean)),
  })
  expectClose([meanActions.mean], [(sums(mean)[0]! + sums(mean)[1]!) / 2], { atol: 1e-9, rtol: 1e-9 })
  expect(sampledActions).toMatchObject({ episodes: 3, max: Math.max(...sums(sampled)) })
})

test('imagined and real reward come from the same start windows, and differ by what the model adds', async () => {
  const asked: Rollout[] = []
  const { imaginedReward, realReward, rewardRelativeError } = await scores(asked)
  const real = truth.rewards.reduce((sum, reward) => sum + reward, 0) / truth.rewards.length
  expectClose([realReward, imaginedReward], [real, real + 0.5], { atol: 1e-4, rtol: 1e-4 })
  expect(rewardRelativeError).toBeGreaterThan(0)
  expect(asked).toHaveLength(1)
  expect(asked[0]!.states).toEqual(truth.starts)
  expect(asked[0]!.choice).toEqual({ name: 'joint', order: [] }) // by default
  expect(asked[0]!.policy).toMatchObject({ agents: [true, true], mode: 'sample' })
})

test('two lines tell it', () => {
  const returns = { episodes: 10, mean: 2490.12, std: 13, min: 2450, max: 2510 }
  const rewards = { imaginedReward: 2.5, realReward: 2.25, rewardRelativeError: 0.111 }
  expect(policyText({ meanActions: returns, sampledActions: returns, ...rewards }, 15)).toBe(
    `return with mean actions 2490.1 ± 13.0 (2450.0 to 2510.0, 10 episodes), with sampled ones 2490.1 ± 13.0 (2450.0 to 2510.0, 10 episodes)
mean reward of 15 steps in closed loop: imagined 2.5000, real 2.2500, relative error 0.1110`,
  )
  const once = { ...returns, episodes: 1, success: 0 }
  expect(policyText({ meanActions: once, sampledActions: returns, ...rewards }, 15)).toContain(
    'mean actions 2490.1 ± 13.0 (2450.0 to 2510.0, 1 episode, the task done in 0 %), with',
  )
})
