// Where a trajectory's random numbers come from. They are a function of the seed, the start window and the step
// alone: a row gives the same trajectory whatever other rows share its request or batch, a shorter horizon gives a
// prefix of a longer one, and action sequences from one start meet the same noise (common random numbers: their
// difference is the actions', which is what a planner compares).
import { hashKey, hashNumbers } from '../common/rng.ts'
import { Streams } from '../common/streams.ts'
import type { LiveBatch } from './live.ts'
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
    const seen = hashNumbers(states, lastState - length * state, lastState, length)
    keys[row] = hashNumbers(pastActions, lastAction - (length - 1) * action, lastAction, seen)
  }
  return keys
}

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

/** Where the noise of a rollout's rows comes from; at each step, and for each purpose, from another end of their keys. */
export const rolloutStreams = (
  rollout: Pick<Rollout, 'batch' | 'seed' | 'seeds'>,
  keys: Uint32Array,
): Streams => new Streams(seedsOf(rollout), keys)

/** The same of rows that are each at a step of their own. */
export const stepStreams = ({ seeds, keys, steps }: Pick<LiveBatch, 'seeds' | 'keys' | 'steps'>): Streams =>
  new Streams(seeds, keys, steps)

/** [B] */
export const seedsOf = ({ batch, seed, seeds }: Pick<Rollout, 'batch' | 'seed' | 'seeds'>): Uint32Array =>
  seeds ?? new Uint32Array(batch).fill(seed)
