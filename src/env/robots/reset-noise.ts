// The noise that Gym's environments add to positions and velocities at the start of an episode.
import type { Rng } from '../../common/rng.ts'

/** Adds U(-width, width) to every entry. */
export function addUniform(values: Float64Array, width: number, rng: Rng): void {
  for (let i = 0; i < values.length; i++) values[i]! += width * (2 * rng.uniform() - 1)
}

/** Adds N(0, deviation^2) to every entry. */
export function addNormal(values: Float64Array, deviation: number, rng: Rng): void {
  for (let i = 0; i < values.length; i++) values[i]! += deviation * rng.normal()
}
