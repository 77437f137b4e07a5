// Where a trajectory's random numbers come from. They are a function of the seed, the start window and the step
// alone: a row gives the same trajectory whatever other rows share its request or batch, a shorter horizon gives a
// prefix of a longer one, and action sequences from one start meet the same noise (common random numbers: their
// difference is the actions', which is what a planner compares).
import { hashKey, Rng } from '../common/rng.ts'
import type { Rollout } from './rollout.ts'

/** A key for each row's start: a hash of its real states and actions (padding excluded). [B] */
export function startKeys({ batch, states, windows, pastActions }: Rollout): Uint32Array {
  const [stateWidth, actionWidth] = [states.length / batch, pastActions.length / batch]
  const keys = new Uint32Array(batch)
  for (let row = 0; row < batch; row++) {
    const seen = windows[row]!
    const context = contextOf(stateWidth, actionWidth, states, pastActions, row, seen)
    keys[row] = hashKey(context, seen)
  }
  return keys
}

/** The real numbers of one row's window; L states of S numbers, L - 1 joint actions. */
function* contextOf(
  stateWidth: number,
  actionWidth: number,
  states: Float64Array,
  actions: Float32Array,
  row: number,
  seen: number,
): Iterable<number> {
  // Left padding is zeros on both sides of the hash, so whole rows may be hashed once `seen` is part of the key.
  yield* states.subarray(row * stateWidth, (row + 1) * stateWidth)
  yield* actions.subarray(row * actionWidth, (row + 1) * actionWidth)
  yield seen
}

/** Standard normal noise of one step for all rows, [B, width]. */
export function stepNoise(seed: number, keys: Uint32Array, step: number, width: number): Float32Array {
  const noise = new Float32Array(keys.length * width)
  for (let row = 0; row < keys.length; row++) {
    const rng = new Rng(seed, keys[row]!, step)
    for (let i = 0; i < width; i++) noise[row * width + i] = rng.normal()
  }
  return noise
}

/** The uniform number that decides whether a row's episode ends at a step. */
export const endDraw = (seed: number, key: number, step: number): number =>
  new Rng(seed, key, step, 'termination').uniform()
