import { expect, test } from 'vitest'
import { drawActions } from '../../src/common/action-draw.ts'
import { Rng } from '../../src/common/rng.ts'

test('actions have the given mean and standard deviation', () => {
  const rows = 20_000
  const mean = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? -3 : 1))
  const std = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? 0.5 : 0.1))
  const { actions } = drawActions({ mean, std }, 2, new Rng(1))
  for (const [entry, m, s] of [
    [0, 1, 0.1],
    [1, -3, 0.5],
  ] as const) {
    const drawn = actions.filter((_, i) => i % 2 === entry)
    const average = drawn.reduce((a, b) => a + b, 0) / rows
    const spread = Math.sqrt(drawn.reduce((sum, a) => sum + (a - average) ** 2, 0) / rows)
    expect(Math.abs(average - m)).toBeLessThan(0.03 * s)
    expect(Math.abs(spread / s - 1)).toBeLessThan(0.03)
  }
})

test('the log-density is that of the whole action', () => {
  const [mean, std] = [Float32Array.of(1, -3, 0, 0), Float32Array.of(0.5, 0.25, 1, 2)]
  const { actions, logProbabilities } = drawActions({ mean, std }, 2, new Rng(2))
  const density = (i: number) =>
    Math.exp(-(((actions[i]! - mean[i]!) / std[i]!) ** 2) / 2) / (std[i]! * Math.sqrt(2 * Math.PI))
  expect(logProbabilities.length).toBe(2)
  expect(logProbabilities[0]).toBeCloseTo(Math.log(density(0) * density(1)), 5)
  expect(logProbabilities[1]).toBeCloseTo(Math.log(density(2) * density(3)), 5)
})
