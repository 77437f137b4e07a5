import { expect, test } from 'vitest'
import { advantagesOf, type Stretch } from '../../../src/algorithms/on-policy/gae.ts'

// Powers of two: every figure below is exact.
const discounts = { gamma: 0.5, lambda: 0.5 }

const stretch = (given: Partial<Stretch>): Stretch => ({
  copies: 1,
  rewards: Float32Array.of(1, 2, 4),
  values: Float32Array.of(8, 16, 32),
  nextValues: Float32Array.of(16, 32, 64),
  terminated: Uint8Array.of(0, 0, 0),
  ended: Uint8Array.of(0, 0, 0),
  ...given,
})

test('within an episode errors of later steps count for less', () => {
  // deltas: 1 + 8 - 8 = 1, 2 + 16 - 16 = 2, 4 + 32 - 32 = 4; A_t = delta_t + A_{t+1} / 4
  expect([...advantagesOf(stretch({}), discounts)]).toEqual([1.75, 3, 4])
})

test('a failure has no future', () => {
  const failed = stretch({ terminated: Uint8Array.of(0, 1, 0), ended: Uint8Array.of(0, 1, 0) })
  // 2 - 16 = -14, and nothing of the step after it; 1 - 14 / 4
  expect([...advantagesOf(failed, discounts)]).toEqual([-2.5, -14, 4])
})

test('a time limit has the value of the state it cut at, and nothing of the next episode', () => {
  const cut = stretch({ nextValues: Float32Array.of(16, 128, 64), ended: Uint8Array.of(0, 1, 0) })
  // 2 + 64 - 16 = 50; 1 + 50 / 4
  expect([...advantagesOf(cut, discounts)]).toEqual([13.5, 50, 4])
})

test('copies stand side by side and do not mix', () => {
  const two = stretch({
    copies: 2,
    rewards: Float32Array.of(1, 0, 2, 0),
    values: Float32Array.of(8, 4, 16, 4),
    nextValues: Float32Array.of(16, 8, 32, 0),
    terminated: Uint8Array.of(0, 0, 0, 1),
    ended: Uint8Array.of(0, 0, 0, 1),
  })
  // copy 0: 1 + 2 / 4, 2; copy 1: 4 - 4 - 4 / 4, -4
  expect([...advantagesOf(two, discounts)]).toEqual([1.5, -1, 2, -4])
})
