import { expect, test } from 'vitest'
import { roundStep, scaleOf } from '../../src/page/scale.ts'

test('the least and the greatest value stand inside, a little from the ends', () => {
  const { place } = scaleOf([3, -1, 0], 100, 0)
  expect(place(-1)).toBeGreaterThan(90)
  expect(place(-1)).toBeLessThan(100)
  expect(place(3)).toBeGreaterThan(0)
  expect(place(1)).toBeCloseTo(50, 9)
})

test.each([
  [
    [0, 1],
    [0, 0.5, 1],
  ],
  [
    [-0.13, 0.37],
    [0, 0.2],
  ],
  [[0.1, 0.1], [0.1]],
  [
    [0, 0],
    [-0.05, 0, 0.05],
  ],
  [
    [1e-7, 3e-7],
    [1e-7, 2e-7, 3e-7],
  ],
])('of %j the ticks are round', (values, ticks) => {
  const found = scaleOf(values, 0, 1).ticks
  expect(found.length).toBeGreaterThan(0)
  expect(found.length).toBeLessThanOrEqual(6)
  for (const tick of ticks) expect(found).toContain(tick)
})

test('steps are 1, 2 or 5 times a power of ten', () => {
  expect([0.9, 1, 1.1, 2.1, 5.1, 0.013].map(roundStep)).toEqual([1, 1, 2, 5, 10, 0.02])
})
