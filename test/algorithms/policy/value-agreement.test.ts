import { describe, expect, test } from 'vitest'
import { agreement, earned, newest } from '../../../src/algorithms/policy/value-agreement.ts'
import type { Episode } from '../../../src/episodes/replay/episode.ts'

/** States are the step's number, from `first`. */
function episode(rewards: number[], more: Partial<Episode> = {}, first = 0): Episode {
  const length = rewards.length
  return {
    length,
    states: Float64Array.from({ length: length + 1 }, (_, t) => first + t),
    actions: new Float32Array(length),
    observations: new Float32Array(length),
    rewards: Float32Array.from(rewards),
    terminated: true,
    truncated: false,
    ...more,
  }
}

describe('what was earned', () => {
  test('of an episode that failed: the discounted rewards that followed each state', () => {
    const { states, returns } = earned([episode([1, 2, 4])], 0.5)
    expect([...states]).toEqual([0, 1, 2])
    expect([...returns]).toEqual([3, 4, 4])
  })

  test('of one that a time limit cut, its last 300 steps say too little', () => {
    const cut = episode(Array(302).fill(1), { terminated: false, truncated: true })
    const { states, returns } = earned([cut], 0.9)
    expect([...states]).toEqual([0, 1])
    expect(returns[0]).toBeCloseTo(10, 8)
  })

  test('of several, one after the other', () => {
    const short = episode([5, 5], { terminated: false, truncated: true }, 50)
    const { states, returns } = earned([episode([1], {}, 7), short, episode([2], {}, 9)], 1)
    expect([...states]).toEqual([7, 9])
    expect([...returns]).toEqual([1, 2])
  })
})

test('the newest episodes with enough steps, of those that the policy sampled', () => {
  const [a, b, c] = [episode([1, 1]), episode([1, 1, 1]), episode([1])]
  const random = episode([9, 9, 9, 9], { played: 'random' })
  expect(newest([a, b, random, c], 2)).toEqual([b, c])
  expect(newest([a, b, c, random], 1)).toEqual([c])
  expect(newest([a, random], 100)).toEqual([a])
})

describe('agreement', () => {
  test('bias in the units of the reward, correlation without any', () => {
    const found = agreement(Float32Array.of(3, 5, 7), Float64Array.of(1, 2, 3))
    expect(found).toMatchObject({ value: 5, earned: 2, bias: 3 })
    expect(found.correlation).toBeCloseTo(1, 8)
    expect(agreement(Float32Array.of(1, 0, -1), Float64Array.of(1, 2, 3)).correlation).toBeCloseTo(-1, 8)
  })

  test('a critic that says the same of everything knows nothing', () => {
    expect(agreement(Float32Array.of(2, 2), Float64Array.of(1, 5)).correlation).toBe(0)
  })
})
