import { describe, expect, test } from 'vitest'
import { learningRate, shareDone } from '../../../src/algorithms/dima/schedule.ts'

const constant = { learningRate: 1e-3, warmup: 100, decay: 'constant' as const }
const cosine = { ...constant, decay: 'cosine' as const }

test('rises linearly to the peak at the last update of the warm-up', () => {
  expect([0, 49, 99, 100, 5000].map((update) => learningRate(constant, update, 0))).toEqual([
    1e-5, 5e-4, 1e-3, 1e-3, 1e-3,
  ])
})

test('no warm-up starts at the peak', () => {
  expect(learningRate({ ...constant, warmup: 0 }, 0, 0)).toBe(1e-3)
})

test('the constant schedule stays to the end of the run', () => {
  expect(learningRate(constant, 500, 1)).toBe(1e-3)
})

test('the cosine falls to half at half, and to zero at the end', () => {
  expect(learningRate(cosine, 500, 0)).toBe(1e-3)
  expect(learningRate(cosine, 500, 0.5)).toBeCloseTo(5e-4, 12)
  expect(learningRate(cosine, 500, 1)).toBe(0)
})

test('the cosine multiplies the warm-up', () => {
  expect(learningRate(cosine, 49, 0.5)).toBeCloseTo(2.5e-4, 12)
})

describe('the share done', () => {
  const steps = { before: 9000, after: 10_000, warmup: 5000, total: 15_000 }

  test('starts after the warm-up and moves within an epoch', () => {
    expect([0, 0.5, 1].map((share) => shareDone(steps, share))).toEqual([0.4, 0.45, 0.5])
  })

  test('stays between 0 and 1', () => {
    expect(shareDone({ ...steps, before: 0, after: 1000 }, 0.5)).toBe(0)
    expect(shareDone({ ...steps, before: 15_000, after: 16_000 }, 0.5)).toBe(1)
  })

  test('a run that ends with its warm-up is done at once, not NaN', () => {
    expect(shareDone({ before: 0, after: 100, warmup: 100, total: 100 }, 1)).toBe(0)
    expect(shareDone({ before: 0, after: 1000, warmup: 100, total: 100 }, 1)).toBe(1)
  })
})
