import { describe, expect, test } from 'vitest'
import { bounded, SlowCritic, valueBounds } from '../../../src/algorithms/imagination/bootstrap.ts'
import { rescaleHead } from '../../../src/algorithms/policy/popart.ts'
import { initialValues } from '../../../src/common/parameters.ts'
import type { Episode } from '../../../src/episodes/replay/episode.ts'
import { packBuckets, planBuckets, unpackBuckets } from '../../../src/graph/buckets.ts'
import { createCritic } from '../../../src/networks/critic.ts'

const flat = (...values: number[]) => [Float32Array.from(values)]

describe('the slow critic', () => {
  test('starts as the critic was before its first update, and goes a share of the way', () => {
    const slow = new SlowCritic(0.25)
    expect(slow.parameters).toBeUndefined()
    slow.follow(flat(0, 8), flat(4, 8))
    expect([...slow.parameters![0]!]).toEqual([1, 8])
    slow.follow(flat(4, 8), flat(5, 0))
    expect([...slow.parameters![0]!]).toEqual([2, 6])
  })

  test('with a rate of 1 there is none', () => {
    const slow = new SlowCritic(1)
    slow.follow(flat(0), flat(1))
    expect(slow.parameters).toBeUndefined()
  })

  test('goes on from where it was saved, without sharing its numbers', () => {
    const [slow, saved] = [new SlowCritic(0.5), flat(2)]
    slow.restore(saved)
    slow.follow(flat(0), flat(4))
    expect([...slow.parameters![0]!]).toEqual([3])
    expect([...saved[0]!]).toEqual([2])
  })
})

describe('bounds of values', () => {
  const played = (rewards: number[]) =>
    ({ rewards: Float32Array.from(rewards), length: rewards.length }) as Episode

  test('the largest and the least of real rewards, earned for ever, and 0, since an episode may end', () => {
    expect(valueBounds([played([-1, 2, 3])], 0.75)).toEqual([-4, 12])
    expect(valueBounds([played([2, 3])], 0.75)).toEqual([0, 12])
    expect(valueBounds([played([-3, -2])], 0.75)).toEqual([-12, 0])
  })

  test('one reward in a hundred is no rule', () => {
    const [, high] = valueBounds([played([...Array(199).fill(1), 1000])], 0)
    expect(high).toBe(1)
  })

  test('cut what is beyond them', () => {
    expect([...bounded(Float32Array.of(-9, 1, 9), [-2, 5])]).toEqual([-2, 1, 5])
  })
})

test('a critic in other units answers the same: its head follows', () => {
  const critic = createCritic(3, { width: 4, layers: 1, headGain: 1 })
  const buckets = planBuckets(critic.parameters)
  const p = packBuckets(buckets, initialValues(critic.parameters, 1))
  const head = () => {
    const weights = unpackBuckets(buckets, p)
    const dot = [...weights.get(critic.head.weight)!].reduce((sum, w, i) => sum + w * (i + 1), 0)
    return dot + weights.get(critic.head.bias)![0]!
  }
  const [from, to] = [
    { mean: 10, std: 4 },
    { mean: -3, std: 0.5 },
  ]
  const before = head() * from.std + from.mean
  rescaleHead(p, critic, from, to)
  expect(head() * to.std + to.mean).toBeCloseTo(before, 4)
})
