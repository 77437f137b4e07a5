// What an array of numbers may hold: bounds, shape, and the name and unit of each entry.
import type { Rng } from '../common/rng.ts'
import { sizeOf } from '../common/tensors.ts'

export interface Box {
  readonly low: Float64Array
  readonly high: Float64Array
  readonly shape: readonly number[]
  /** One name an entry, unique within the space. */
  readonly names: readonly string[]
  /** One unit an entry: "m", "rad", "m/s", "rad/s", "N", "N m", or "1" for a pure number. */
  readonly units: readonly string[]
}

/** A one-dimensional box with the same bounds for every entry. */
export function box(low: number, high: number, names: readonly string[], units: readonly string[]): Box {
  if (names.length !== units.length) throw new Error(`${names.length} names for ${units.length} units`)
  const size = names.length
  return {
    low: new Float64Array(size).fill(low),
    high: new Float64Array(size).fill(high),
    shape: [size],
    names,
    units,
  }
}

export function contains(space: Box, values: ArrayLike<number>): boolean {
  if (values.length !== sizeOf(space.shape)) return false
  return space.low.every((low, i) => values[i]! >= low && values[i]! <= space.high[i]!)
}

/** Uniform within the bounds, which must be finite. */
export function sample(space: Box, rng: Rng): Float64Array {
  return space.low.map((low, i) => {
    const width = space.high[i]! - low
    if (!Number.isFinite(width)) throw new Error(`${space.names[i]} has no bounds to sample between`)
    return low + width * rng.uniform()
  })
}
