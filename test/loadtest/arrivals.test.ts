import { expect, test } from 'vitest'
import { gapsOf } from '../../loadtest/arrivals.ts'

const first = (count: number, gap: () => number) => Array.from({ length: count }, gap)
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test('even gaps are all the same', () => {
  expect(first(3, gapsOf('even', 200))).toEqual([5, 5, 5])
})

test('gaps of a Poisson process have the asked mean and the spread of an exponential', () => {
  const gaps = first(20_000, gapsOf('poisson', 200))
  const spread = Math.sqrt(mean(gaps.map((gap) => (gap - 5) ** 2)))
  expect(mean(gaps)).toBeCloseTo(5, 0)
  expect(spread).toBeCloseTo(5, 0)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...gaps)).toBeLessThan(Number.POSITIVE_INFINITY)
})

test('the seed decides the schedule', () => {
  const schedule = (seed: number) => first(10, gapsOf('poisson', 50, seed))
  expect(schedule(3)).toEqual(schedule(3))
  expect(schedule(3)).not.toEqual(schedule(4))
})
