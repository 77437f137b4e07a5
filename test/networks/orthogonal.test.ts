import { expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { orthogonal } from '../../src/networks/orthogonal.ts'
import { CLOSE, expectClose } from '../common/close.ts'

function weightOf(inputs: number, outputs: number, gain: number, seed = 1): Float32Array {
  const values = new Float32Array(inputs * outputs)
  orthogonal(gain, [inputs, outputs])(new Rng(seed), values)
  return values
}

/** Scalar products of all pairs of rows, or of columns, of a matrix [inputs, outputs]. */
function products(values: Float32Array, inputs: number, outputs: number, of: 'rows' | 'columns'): number[] {
  const [count, length] = of === 'rows' ? [inputs, outputs] : [outputs, inputs]
  const at = (i: number, k: number) => (of === 'rows' ? values[i * outputs + k]! : values[k * outputs + i]!)
  const product = (i: number, j: number) =>
    Array.from({ length }, (_, k) => at(i, k) * at(j, k)).reduce((a, b) => a + b, 0)
  return Array.from({ length: count * count }, (_, n) => product(Math.floor(n / count), n % count))
}

const identity = (count: number, scale: number) =>
  Array.from({ length: count * count }, (_, n) => (Math.floor(n / count) === n % count ? scale : 0))

test.each([
  { inputs: 19, outputs: 128, of: 'rows' as const, gain: Math.SQRT2 },
  { inputs: 128, outputs: 3, of: 'columns' as const, gain: 0.01 },
  { inputs: 32, outputs: 32, of: 'columns' as const, gain: 1 },
  { inputs: 5, outputs: 1, of: 'columns' as const, gain: 2 },
])('[$inputs, $outputs]: $of are orthonormal times $gain', ({ inputs, outputs, of, gain }) => {
  const count = Math.min(inputs, outputs)
  const actual = products(weightOf(inputs, outputs, gain), inputs, outputs, of)
  expectClose(
    actual.map((value) => value / gain ** 2),
    identity(count, 1),
    CLOSE.float32,
  )
})

test('a square matrix has both', () => {
  expectClose(products(weightOf(6, 6, 3), 6, 6, 'rows'), identity(6, 9), { atol: 1e-5 })
})

test('another stream gives another matrix, the same stream the same', () => {
  expect(weightOf(4, 7, 1, 2)).not.toEqual(weightOf(4, 7, 1, 1))
  expect(weightOf(4, 7, 1, 2)).toEqual(weightOf(4, 7, 1, 2))
})
