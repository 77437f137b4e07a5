// method.md 4.3, by hand.
import { describe, expect, test } from 'vitest'
import {
  advantagesOf,
  lambdaReturns,
  type Stretch,
  standardised,
} from '../../../src/algorithms/policy/advantages.ts'
import { CLOSE, expectClose } from '../../common/close.ts'

const GAMMA = 0.9
const rewards = [1, 2, 4]
const values = [10, 20, 30, 40] // V(s_0) .. V(s_3)
const on = [1, 1, 1]

const returnsOf = (lambda: number, continues = on) =>
  lambdaReturns(Float32Array.from(rewards), Float32Array.from(continues), Float32Array.from(values), 3, {
    gamma: GAMMA,
    lambda,
  })

describe('lambda-returns', () => {
  test('lambda 0: one step, then the value', () => {
    expectClose(returnsOf(0), [1 + 0.9 * 20, 2 + 0.9 * 30, 4 + 0.9 * 40], CLOSE.float32)
  })

  test('lambda 1: all rewards, then the last value', () => {
    const last = 4 + 0.9 * 40
    expectClose(returnsOf(1), [1 + 0.9 * (2 + 0.9 * last), 2 + 0.9 * last, last], CLOSE.float32)
  })

  test('lambda 0.95: the average of the n-step returns, the longest with all the weight that is left', () => {
    const n1 = 1 + 0.9 * 20
    const n2 = 1 + 0.9 * 2 + 0.81 * 30
    const n3 = 1 + 0.9 * 2 + 0.81 * 4 + 0.729 * 40
    const [first, , last] = returnsOf(0.95)
    expectClose([first!], [0.05 * n1 + 0.95 * 0.05 * n2 + 0.95 ** 2 * n3], CLOSE.float32)
    expectClose([last!], [4 + 0.9 * 40], CLOSE.float32)
  })

  test('an end cuts: nothing behind it counts before it, and all does after it', () => {
    const [r0, r1, r2] = returnsOf(0.95, [1, 0, 1])
    expectClose([r1!, r2!], [2, 40], CLOSE.float32)
    expectClose([r0!], [1 + 0.9 * (0.05 * 20 + 0.95 * 2)], CLOSE.float32)
  })

  test('a probability to go on weights what comes', () => {
    const [r0, r1, r2] = returnsOf(1, [0.5, 1, 0.25])
    expectClose([r2!], [4 + 0.9 * 0.25 * 40], CLOSE.float32)
    expectClose([r0!], [1 + 0.9 * 0.5 * r1!], CLOSE.float32)
  })

  test('every row has values and rewards of its own', () => {
    const two = lambdaReturns(
      Float32Array.from([...rewards, 0, 0, 0]),
      Float32Array.from([...on, ...on]),
      Float32Array.from([...values, 1, 1, 1, 1]),
      3,
      { gamma: GAMMA, lambda: 0.5 },
    )
    expect([...two.subarray(0, 3)]).toEqual([...returnsOf(0.5)])
    expectClose([two[5]!], [0.9], CLOSE.float32)
  })
})

describe('generalised advantage estimation', () => {
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

  test('is the lambda-return less the value, where an episode goes on and where it failed', () => {
    const failed = stretch({ terminated: Uint8Array.of(0, 1, 0), ended: Uint8Array.of(0, 1, 0) })
    for (const [played, continues] of [
      [stretch({}), [1, 1, 1]],
      [failed, [1, 0, 1]],
    ] as const) {
      const all = Float32Array.of(...played.values, played.nextValues.at(-1)!)
      const returns = lambdaReturns(played.rewards, Float32Array.from(continues), all, 3, discounts)
      const advantages = returns.map((value, t) => value - played.values[t]!)
      expect(advantagesOf(played, discounts)).toEqual(advantages)
    }
  })
})

describe('standardised advantages', () => {
  test('have mean 0 and deviation 1', () => {
    const spread = standardised(Float32Array.of(-1, 3, 7, 11), 1e-8)
    expectClose(
      spread,
      [-3, -1, 1, 3].map((x) => x / Math.sqrt(5)),
      CLOSE.float32,
    )
  })

  test('that are all equal are 0, not infinite', () => {
    expect([...standardised(Float32Array.of(4, 4, 4), 1e-4)]).toEqual([0, 0, 0])
  })

  test('are divided by the deviation plus epsilon', () => {
    expectClose(standardised(Float32Array.of(-1, 1), 1), [-0.5, 0.5], CLOSE.float32)
  })
})
