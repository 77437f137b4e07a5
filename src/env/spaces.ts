// What an array of numbers may hold: bounds, shape, and the name and unit of each entry.
import { type ActionLayout, groupsOf, layoutOf, undecided } from '../common/action-layout.ts'
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
  /** Of an action that is not all numbers of a box. */
  readonly layout?: ActionLayout
}

/** What the entries of an action are. */
export const layoutIn = ({ low, layout }: Pick<Box, 'low' | 'layout'>): ActionLayout =>
  layout ?? layoutOf(low.length)

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
  if (undecided(values, 0, layoutIn(space))) return false
  return space.low.every((low, i) => values[i]! >= low && values[i]! <= space.high[i]!)
}

/** Uniform within the bounds, which must be finite, and among the options of choices. */
export function sample(space: Box, rng: Rng): Float64Array {
  const values = space.low.map((low, i) => {
    const width = space.high[i]! - low
    if (!Number.isFinite(width)) throw new Error(`${space.names[i]} has no bounds to sample between`)
    return low + width * rng.uniform()
  })
  choose(space, values, 0, rng)
  return values
}

/** Chooses evenly, one option of each choice of the row that begins at `start`. */
export function choose(space: Box, values: Float32Array | Float64Array, start: number, rng: Rng): void {
  for (const { from, to } of groupsOf(layoutIn(space))) {
    values.fill(0, start + from, start + to)
    values[start + from + rng.int(to - from)] = 1
  }
}
