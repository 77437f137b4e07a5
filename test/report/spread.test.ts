import { describe, expect, test } from 'vitest'
import { spreadOf, valueAt } from '../../src/report/spread.ts'

describe('a curve', () => {
  const curve = [[1000, 10], [2000, 30], [4000, 20]] as const // biome-ignore format: points

  test.each([
    [1000, 10],
    [1500, 20],
    [2000, 30],
    [3000, 25],
    [4000, 20],
  ])('at %d is %d', (x, y) => expect(valueAt(curve, x)).toBe(y))

  test.each([999, 4001])('says nothing at %d, outside of its points', (x) =>
    expect(valueAt(curve, x)).toBeUndefined(),
  )

  test('without points says nothing', () => expect(valueAt([], 1)).toBeUndefined())
})

test('mean, least and greatest at every step that all seeds reach', () => {
  const seeds = [
    [[0, 0], [100, 10], [200, 20]],
    [[0, 4], [100, 2], [200, 30], [300, 99]],
    [[0, 8], [100, 6], [200, 40]],
  ] as const // biome-ignore format: points
  expect(spreadOf(seeds)).toEqual([
    { x: 0, mean: 4, low: 0, high: 8 },
    { x: 100, mean: 6, low: 2, high: 10 },
    { x: 200, mean: 30, low: 20, high: 40 },
  ])
})

test('seeds evaluated at other steps are taken as straight in between', () => {
  const seeds = [
    [[0, 0], [100, 100]],
    [[0, 50], [40, 10], [100, 70]],
  ] as const // biome-ignore format: points
  expect(spreadOf(seeds).map(({ x, mean }) => [x, mean])).toEqual([
    [0, 25],
    [40, 25],
    [100, 85],
  ])
})

test('curves that share no step have no spread', () => {
  expect(spreadOf([[[0, 1]], [[5, 1]]])).toEqual([])
})
