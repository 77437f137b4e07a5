import { expect, test } from 'vitest'
import { spreadOf } from '../../../src/server/rollout/spread.ts'

// One row, four samples, two steps, two entries of the state; the order of the samples must not matter.
const states = Float64Array.of(
  ...[4, 10, 1, 0], // sample 0: step 0, step 1
  ...[1, 30, 1, 0],
  ...[3, 20, 1, 0],
  ...[2, 40, 1, 8],
)
const rewards = Float32Array.of(0, 1, 0, 2, 0, 3, 4, 4)
const terminations = Uint8Array.of(0, 1, 0, 0, 1, 0, 1, 1)
const options = { samples: 4, horizon: 2, quantiles: [0, 0.1, 0.5, 1], std: [0.5, 10] }

test('mean, quantiles, ends and disagreement as computed by hand', async () => {
  const spread = await spreadOf({ states, rewards, terminations }, options)
  expect(spread.samples).toBe(4)
  expect(spread.quantile_levels).toEqual([0, 0.1, 0.5, 1])
  expect(spread.states.mean.shape).toEqual([1, 2, 2])
  expect([...spread.states.mean.data]).toEqual([2.5, 25, 1, 2])
  expect(spread.states.quantiles.shape).toEqual([4, 1, 2, 2])
  const quantiles = [1, 10, 1, 0, 1.3, 13, 1, 0, 2.5, 25, 1, 0, 4, 40, 1, 8]
  spread.states.quantiles.data.forEach((value, i) => {
    expect(value).toBeCloseTo(quantiles[i]!, 12)
  })
  expect([...spread.rewards.mean.data]).toEqual([1, 2.5])
  expect([...spread.rewards.quantiles.data].slice(4, 6)).toEqual([0, 2.5])
  // Two samples end at step 0, a third at step 1; one has no end.
  expect([...spread.termination_rates.data]).toEqual([0.5, 0.75])
  // Standard deviations sqrt(1.25) and sqrt(125), then 0 and sqrt(12).
  const [first, second] = spread.disagreement.data
  expect(first).toBeCloseTo((Math.sqrt(1.25) / 0.5 + Math.sqrt(125) / 10) / 2, 12)
  expect(second).toBeCloseTo(Math.sqrt(12) / 10 / 2, 12)
})

test('rows are kept apart', async () => {
  const two = (values: Float64Array | Float32Array) => [...values, ...[...values].map((x) => x * 10)]
  const spread = await spreadOf(
    {
      states: Float64Array.from(two(states)),
      rewards: Float32Array.from(two(rewards)),
      terminations: Uint8Array.from([...terminations, 0, 0, 0, 0, 0, 0, 0, 1]),
    },
    options,
  )
  expect([...spread.states.mean.data]).toEqual([2.5, 25, 1, 2, 25, 250, 10, 20])
  expect([...spread.rewards.mean.data]).toEqual([1, 2.5, 10, 25])
  expect([...spread.termination_rates.data]).toEqual([0.5, 0.75, 0, 0.25])
  expect([...spread.states.quantiles.data].slice(-8)).toEqual([4, 40, 1, 8, 40, 400, 10, 80])
})

test('a single sample agrees with itself', async () => {
  const spread = await spreadOf(
    { states: Float64Array.of(3, 4), rewards: Float32Array.of(2), terminations: Uint8Array.of(0) },
    { samples: 1, horizon: 1, quantiles: [0.3], std: [1, 1] },
  )
  expect([...spread.states.mean.data]).toEqual([3, 4])
  expect([...spread.states.quantiles.data]).toEqual([3, 4])
  expect([...spread.disagreement.data]).toEqual([0])
})

test('other work gets its turn while a large spread is made', async () => {
  let turns = 0
  const count = () => {
    turns++
    again = setImmediate(count)
  }
  let again = setImmediate(count)
  const [B, n, H, S] = [8, 64, 15, 17]
  const rows = B * n * H
  await spreadOf(
    {
      states: new Float64Array(rows * S),
      rewards: new Float32Array(rows),
      terminations: new Uint8Array(rows),
    },
    { samples: n, horizon: H, quantiles: [0.5], std: Array(S).fill(1) },
  )
  clearImmediate(again)
  expect(turns).toBeGreaterThan(4)
})
