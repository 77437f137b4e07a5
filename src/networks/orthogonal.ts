// Orthogonal initial weights (Saxe et al. 2014, arXiv 1312.6120), as policy-gradient codes use them (method.md 4.1).
import type { Init } from './layers.ts'

/**
 * A random matrix with orthonormal rows or columns, whichever are fewer, times a gain. Weights are [inputs, outputs].
 * Gram-Schmidt on standard normal vectors, in double precision.
 */
export const orthogonal =
  (gain: number, [inputs, outputs]: readonly [number, number]): Init =>
  (rng, values) => {
    const [count, length] = inputs < outputs ? [inputs, outputs] : [outputs, inputs]
    const basis: Float64Array[] = []
    for (let i = 0; i < count; i++) {
      const vector = Float64Array.from({ length }, () => rng.normal())
      for (const other of basis) subtract(vector, other, dot(vector, other))
      const norm = Math.sqrt(dot(vector, vector))
      basis.push(vector.map((x) => x / norm))
    }
    for (let row = 0; row < inputs; row++)
      for (let column = 0; column < outputs; column++) {
        const [vector, entry] = inputs < outputs ? [row, column] : [column, row]
        values[row * outputs + column] = gain * basis[vector]![entry]!
      }
  }

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function subtract(from: Float64Array, vector: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i]! -= times * vector[i]!
}
