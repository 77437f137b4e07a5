// Where a trajectory's random numbers come from. They are a function of the seed, the start window and the step
// alone: a row gives the same trajectory whatever other rows share its request or batch, a shorter horizon gives a
// prefix of a longer one, and action sequences from one start meet the same noise (common random numbers: their
// difference is the actions', which is what a planner compares).
import { hashKey, Rng, type RngKey } from '../common/rng.ts'
import type { Rollout } from './rollout.ts'
import type { Starts } from './starts.ts'

/**
 * A key for each row's start: a hash of its real states and actions, so padding may hold anything. [B]
 * @param context L, the states a window has room for
 */
export function startKeys({ batch, states, windows, pastActions }: Starts, context: number): Uint32Array {
  const state = states.length / (batch * context)
  const action = context > 1 ? pastActions.length / (batch * (context - 1)) : 0
  const keys = new Uint32Array(batch)
  for (let row = 0; row < batch; row++) {
    const length = windows[row]!
    const [lastState, lastAction] = [(row + 1) * context * state, (row + 1) * (context - 1) * action]
    const seen = hashKey(withoutMinusZero(states.subarray(lastState - length * state, lastState)), length)
    const taken = pastActions.subarray(lastAction - (length - 1) * action, lastAction)
    keys[row] = hashKey(withoutMinusZero(taken), seen)
  }
  return keys
}

/** -0 and 0 are one number to the networks, so they must give the same noise; their bits differ. */
const withoutMinusZero = (values: Float64Array | Float32Array): Iterable<number> => values.map((x) => x + 0)

/**
 * A key for each row: its start's, and for sample n > 0 one derived from it. Sample 0 is the future that a request
 * without samples gives. [B]
 */
export function rowKeys(rollout: Starts & Pick<Rollout, 'samples'>, context: number): Uint32Array {
  const keys = startKeys(rollout, context)
  const { samples } = rollout
  return samples ? keys.map((key, row) => sampleKey(key, samples[row]!)) : keys
}

const sampleKey = (key: number, sample: number): number => (sample > 0 ? hashKey([sample], key) : key)

/** Standard normal noise of rows that are each at a step of their own, [B, width]. A purpose gives numbers of its own. */
export function rowNoise(
  seeds: ArrayLike<number>,
  keys: Uint32Array,
  steps: ArrayLike<number>,
  width: number,
  ...purpose: RngKey[]
): Float32Array {
  const noise = new Float32Array(keys.length * width)
  for (let row = 0; row < keys.length; row++) {
    const rng = new Rng(seeds[row]!, keys[row]!, steps[row]!, ...purpose)
    for (let i = 0; i < width; i++) noise[row * width + i] = rng.normal()
  }
  return noise
}

/** The same for all rows of a rollout at one step. */
export function stepNoise(
  rollout: Seeds,
  keys: Uint32Array,
  step: number,
  width: number,
  ...purpose: RngKey[]
): Float32Array {
  return rowNoise(seedsOf(rollout), keys, new Uint32Array(rollout.batch).fill(step), width, ...purpose)
}

type Seeds = Pick<Rollout, 'batch' | 'seed' | 'seeds'>

/** [B] */
export const seedsOf = ({ batch, seed, seeds }: Seeds): Uint32Array =>
  seeds ?? new Uint32Array(batch).fill(seed)

/** The uniform number that decides whether a row's episode ends at a step. */
export const endDraw = (seed: number, key: number, step: number): number =>
  new Rng(seed, key, step, 'termination').uniform()
