import { describe, expect, test } from 'vitest'
import { ValueNormaliser } from '../../../src/algorithms/policy/value-normaliser.ts'
import { CLOSE, expectClose } from '../../common/close.ts'

function after(...batches: number[][]) {
  const normaliser = new ValueNormaliser()
  for (const batch of batches) normaliser.update(Float32Array.from(batch))
  return normaliser
}

test("debiased: after one batch mean and deviation are that batch's", () => {
  const { mean, std } = after([1, 3, 5, 11]).moments
  expect(mean).toBeCloseTo(5, 6)
  expect(std).toBeCloseTo(Math.sqrt(14), 5)
})

test('batches count alike at first, however many values they have', () => {
  const { mean, std } = after([0, 0], [6, 6, 6, 6]).moments
  expect(mean).toBeCloseTo(3, 3)
  expect(std).toBeCloseTo(3, 3)
})

test('old batches fade', () => {
  const normaliser = after([100])
  for (let i = 0; i < 300_000; i++) normaliser.update(Float32Array.of(1))
  expect(normaliser.moments.mean).toBeGreaterThan(1)
  expect(normaliser.moments.mean).toBeLessThan(1.001)
})

describe('the deviation has a floor of 0.1', () => {
  test('for returns that are all alike', () => {
    expect(after([7, 7, 7]).moments.std).toBeCloseTo(0.1, 6)
  })

  test('before there are any, with mean 0', () => {
    expect(new ValueNormaliser().moments).toEqual({ mean: 0, std: 0.1 })
  })
})

test('normalised returns have mean 0 and deviation 1, and come back', () => {
  const normaliser = after([1, 3, 5, 11])
  const returns = Float32Array.of(1, 3, 5, 11)
  const normalised = normaliser.normalise(returns)
  expectClose(
    normalised,
    [-4, -2, 0, 6].map((x) => x / Math.sqrt(14)),
    CLOSE.network,
  )
  expectClose(normaliser.denormalise(normalised), returns, CLOSE.network)
})

test('a restored one goes on as the one it was saved from', () => {
  const one = after([1, 2], [30, -4])
  const other = new ValueNormaliser()
  other.restore(one.state)
  const saved = one.state
  for (const normaliser of [one, other]) normaliser.update(Float32Array.of(9, 8))
  expect(other.moments).toEqual(one.moments)
  expect(saved).not.toEqual(one.state)
})
