import { expect, test } from 'vitest'
import { evaluationOf } from '../../src/runs/policy-evaluation.ts'
import { blankEpisode } from './data.ts'

const episode = (...rewards: number[]) => ({
  ...blankEpisode(rewards.length),
  rewards: Float32Array.from(rewards),
})

test('returns are undiscounted sums of whole episodes; the reward is that of a step, not of an episode', () => {
  expect(evaluationOf([episode(1, 2, 3), episode(-4), episode(0, 1)])).toEqual({
    evaluation_return: 1,
    evaluation_std: Math.sqrt((25 + 25 + 0) / 3),
    evaluation_min: -4,
    evaluation_max: 6,
    evaluation_episodes: 3,
    evaluation_reward: 3 / 6,
  })
})
