import { describe, expect, test } from 'vitest'
import { heldOutIndices } from '../../../src/episodes/sources/split.ts'

const indices = (lengths: readonly number[], share: number) => heldOutIndices(lengths, share, 19)
const long = (count: number) => Array<number>(count).fill(100)

test('about the share, spread over the file', () => {
  expect(indices(long(30), 0.1)).toEqual([5, 15, 25])
  expect(indices(long(10), 0.3)).toEqual([1, 5, 8])
})

test('the same every time, and more of them with a larger share', () => {
  expect(indices(long(7), 0.4)).toEqual(indices(long(7), 0.4))
  expect(indices(long(40), 0.5)).toHaveLength(20)
})

describe('never none and never all', () => {
  test.each([
    [2, 0],
    [2, 0.9],
    [3, 0.01],
    [3, 0.99],
    [50, 0],
  ])('of %d episodes with a share of %d', (count, share) => {
    const held = indices(long(count), share)
    expect(held.length).toBeGreaterThanOrEqual(1)
    expect(held.length).toBeLessThan(count)
    expect(new Set(held).size).toBe(held.length)
  })
})

test('only episodes long enough to be evaluated on: three states, fifteen steps and one more', () => {
  expect(indices([18, 18, 19, 18, 30, 18], 0.5)).toEqual([2, 4])
  expect(indices([18, 18, 18, 19], 0.9)).toEqual([3])
})

test('any, where all are short', () => {
  expect(indices([5, 5, 5, 5], 0.25)).toEqual([2])
})
