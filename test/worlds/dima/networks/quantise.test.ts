// method.md 1 and 9, check 4: finite scalar quantisation with levels 8, 6, 5.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { quantise } from '../../../../src/worlds/dima/networks/state-decoder.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { randomTensor, useCpu, valuesOf } from './fixture.ts'

beforeAll(useCpu)

const LEVELS = [8, 6, 5]

/** What is rounded, in double precision: tanh(z + shift) half - offset. */
function bounded(z: number, level: number): number {
  const half = ((level - 1) * 1.001) / 2
  const offset = level % 2 === 0 ? 0.5 : 0
  return Math.tanh(z + Math.atanh(offset / half)) * half - offset
}

const codesOf = (z: tf.Tensor) => {
  const flat = valuesOf(() => quantise(z, LEVELS))
  return Array.from({ length: flat.length / 3 }, (_, i) => [...flat.subarray(3 * i, 3 * i + 3)])
}

test('reaches exactly 8, 6 and 5 values a scalar and 240 codes', () => {
  const sweep = Array.from({ length: 401 }, (_, i) => (i - 200) / 20)
  const scalars = codesOf(tf.tensor2d(sweep.map((z) => [z, z, z])))
  const values = LEVELS.map((_, c) => [...new Set(scalars.map((code) => code[c]!))].sort((a, b) => a - b))
  expect(values.map((v) => v.length)).toEqual(LEVELS)
  const steps = sweep.filter((z, i) => i % 4 === 0 && Math.abs(z) <= 4)
  const grid = steps.flatMap((a) => steps.flatMap((b) => steps.map((c) => [a, b, c])))
  expect(new Set(codesOf(tf.tensor2d(grid)).map(String)).size).toBe(8 * 6 * 5)
})

test('codes lie in [-1, 1] on an even grid, and grow with z', () => {
  const sweep = Array.from({ length: 201 }, (_, i) => (i - 100) / 4)
  const scalars = codesOf(tf.tensor2d(sweep.map((z) => [z, z, z])))
  for (const [c, level] of LEVELS.entries()) {
    const values = scalars.map((code) => code[c]!)
    expect(values.every((value, i) => Math.abs(value) <= 1 && (i === 0 || value >= values[i - 1]!))).toBe(
      true,
    )
    const half = Math.floor(level / 2)
    expectClose([values[0]!, values.at(-1)!], [-1, level % 2 === 0 ? (half - 1) / half : 1], CLOSE.float32)
    expectClose(
      values.map((value) => Math.round(value * half) / half),
      values,
      CLOSE.float32,
    )
  }
})

test('is zero at zero: the shift undoes the offset', () => {
  expect(codesOf(tf.zeros([1, 3]))[0]!.map(Math.abs)).toEqual([0, 0, 0])
})

test('the gradient passes the rounding and is the slope of the bounded value', () => {
  const z = randomTensor([40, 3], 'z')
  const gradient = tf
    .grad((x) => tf.sum(quantise(x, LEVELS)))(z)
    .dataSync()
  const slopes = Array.from(z.dataSync(), (value, i) => {
    const level = LEVELS[i % 3]!
    const rise = bounded(value + 1e-4, level) - bounded(value - 1e-4, level)
    return rise / 2e-4 / Math.floor(level / 2)
  })
  expectClose(gradient, slopes, CLOSE.difference)
})
