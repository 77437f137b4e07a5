import { expect, test } from 'vitest'
import {
  deviation,
  greatest,
  least,
  mean,
  median,
  quantiles,
  sampleDeviation,
  sum,
  variance,
} from '../../src/common/statistics.ts'

test('sum and mean, of typed arrays too, in double precision', () => {
  expect([sum([1, 2, 4]), mean([1, 2, 6]), sum([])]).toEqual([7, 3, 0])
  expect(mean([])).toBeNaN()
  const tenth = Math.fround(0.1)
  expect(sum(Float32Array.of(0.1, 0.1, 0.1))).toBe(tenth + tenth + tenth)
})

test('the deviation is of the values, the sample deviation of what they were drawn from', () => {
  expect([variance([1, 3]), deviation([1, 3, 1, 3])]).toEqual([1, 1])
  expect([sampleDeviation([1, 2, 3]), sampleDeviation([7])]).toEqual([1, undefined])
  expect(sampleDeviation([2, 4])).toBeCloseTo(Math.SQRT2)
  expect(deviation([7])).toBe(0)
})

test('the median is of the order by size, and leaves the list as it was', () => {
  const values = [10, 9, 1]
  expect([median(values), median([1, 10, 2, 9]), values]).toEqual([9, 5.5, [10, 9, 1]])
  expect(median([])).toBeNaN()
})

test('quantiles are values of the list, by nearest rank', () => {
  expect(quantiles([3, 1, 2, 4], [0, 0.5, 0.51, 0.99, 1])).toEqual([1, 2, 3, 4, 4])
  expect(quantiles([10, 9], [0.5])).toEqual([9])
  expect(quantiles([], [0.5])).toEqual([Number.NaN])
})

test('least and greatest of more numbers than a call takes arguments', () => {
  const many = Float32Array.from({ length: 300_000 }, (_, i) => Math.abs(i - 100_000))
  expect([least(many), greatest(many)]).toEqual([0, 199_999])
  expect([least([]), greatest([])]).toEqual([Infinity, -Infinity])
})
