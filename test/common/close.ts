// How close numbers must be, in one place.
import { expect } from 'vitest'

export interface Tolerance {
  atol?: number
  rtol?: number
}

export const CLOSE = {
  /** the same float32 arithmetic in another order */
  float32: { atol: 2e-6, rtol: 2e-6 },
  /** a whole network in float32, computed in another order */
  network: { atol: 2e-5, rtol: 2e-5 },
  /** a float32 gradient against a central difference */
  difference: { atol: 2e-3, rtol: 2e-3 },
  /** double precision in another order */
  float64: { atol: 1e-12, rtol: 1e-12 },
  /** a serving graph against the eager network */
  serving: { atol: 1e-4 },
  /** traced training against eager training */
  loss: { rtol: 1e-6 },
  parameters: { atol: 1e-5 },
} as const satisfies Record<string, Tolerance>

/** Each number within atol + rtol |expected|. Names the first few that are not. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { atol = 0, rtol = 0 }: Tolerance,
): void {
  expect(actual.length).toBe(expected.length)
  const far = Array.from(expected, (value, i) => ({ i, expected: value, actual: actual[i]! })).filter(
    (pair) => !(Math.abs(pair.actual - pair.expected) <= atol + rtol * Math.abs(pair.expected)),
  )
  expect(far.slice(0, 5)).toEqual([])
}

/** A share or a mean of random draws, within so much of what it should be. */
export function expectNear(actual: number, expected: number, within: number): void {
  expect(Math.abs(actual - expected), `${actual} should be ${expected}`).toBeLessThan(within)
}

export const sameBits = (
  a: Float32Array | Float64Array | Int32Array,
  b: Float32Array | Float64Array | Int32Array,
) =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength))
