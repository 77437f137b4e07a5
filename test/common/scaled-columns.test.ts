import { expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { fromScaledColumns, scaledColumnsOf, toScaledColumns } from '../../src/common/scaled-columns.ts'

const [ROWS, COLUMNS] = [64, 24]
const exact = new Rng('columns').normals(ROWS * COLUMNS).map((x, i) => x * 10 ** ((i % COLUMNS) - 12))

test('no number is off by more than half of its scale, whatever the size of its column', () => {
  const matrix = toScaledColumns(exact, COLUMNS)
  const near = fromScaledColumns(matrix)
  for (const [i, x] of exact.entries())
    expect(Math.abs(near[i]! - x)).toBeLessThanOrEqual(0.5001 * matrix.scales[i % COLUMNS]!)
  const most = matrix.numbers.map(Math.abs)
  for (let c = 0; c < COLUMNS; c++)
    expect(Math.max(...most.filter((_, i) => i % COLUMNS === c))).toBeGreaterThan(125)
})

test('numbers and scales follow from the matrix that they make, to the last bit', () => {
  const matrix = toScaledColumns(exact, COLUMNS)
  const near = fromScaledColumns(matrix)
  expect(scaledColumnsOf(near, COLUMNS)).toEqual(matrix)
  expect(near).toEqual(Float32Array.from(matrix.numbers, (n, i) => n * matrix.scales[i % COLUMNS]!))
  expect(scaledColumnsOf(exact, COLUMNS)).toBeUndefined()
  const odd = near.slice()
  odd[5] = odd[5]! * (1 + 2 ** -20)
  expect(scaledColumnsOf(odd, COLUMNS)).toBeUndefined()
})

test('columns of zeros and of one number, and numbers that are none', () => {
  const few = Float32Array.of(0, -3, 0, 0)
  expect([...fromScaledColumns(toScaledColumns(few, 2))]).toEqual([0, expect.closeTo(-3, 2), 0, 0])
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(scaledColumnsOf(Float32Array.of(wrong, 1), 1)).toBeUndefined()
  }
})
