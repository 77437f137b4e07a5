// Live steps side by side: the columns that cross to an executor and what comes back. M rows.
import { concatenate } from '../../../common/tensors.ts'
import type { LiveRow, StepOutcome } from './live-row.ts'

export interface LiveBatch {
  /** [M] names of the rows' reward caches */
  ids: Float64Array
  seeds: Uint32Array
  keys: Uint32Array
  steps: Uint32Array
  /** [M, L, S] */
  windows: Float32Array
  /** [M, L, N, A] */
  actions: Float32Array
  /** [M] h + 1, entries of each row's reward window; they follow each other in the next two */
  lengths: Uint32Array
  rewardStates: Float32Array
  rewardActions: Float32Array
}

export interface LiveResults {
  /** [M, S] x */
  next: Float32Array
  /** [M, S] environment units */
  states: Float64Array
  /** [M, N, O] */
  observations: Float32Array
  rewards: Float32Array
  terminationProbabilities: Float32Array
  /** [M] 1 where the episode ended */
  terminations: Uint8Array
  computeMs: number
}

/** @param state S */
export function gatherRows(rows: readonly LiveRow[], state: number): LiveBatch {
  const column = (pick: (row: LiveRow) => number) => Uint32Array.from(rows, pick)
  return {
    ids: Float64Array.from(rows, ({ id }) => id),
    seeds: column(({ seed }) => seed),
    keys: column(({ key }) => key),
    steps: column(({ step }) => step),
    windows: concatenate(rows.map(({ window }) => window)),
    actions: concatenate(rows.map(({ actions }) => actions)),
    lengths: column(({ rewardStates }) => rewardStates.length / state),
    rewardStates: concatenate(rows.map(({ rewardStates }) => rewardStates)),
    rewardActions: concatenate(rows.map(({ rewardActions }) => rewardActions)),
  }
}

/** Each row's own outcome, in memory of its own: a session must not keep a whole batch alive. */
export function scatterRows(results: LiveResults, queueMs: (row: number) => number): StepOutcome[] {
  const { next, states, observations, rewards, terminationProbabilities, terminations, computeMs } = results
  const batch = rewards.length
  const cut = <T extends Float32Array | Float64Array>(array: T, row: number): T => {
    const width = array.length / batch
    return array.slice(row * width, (row + 1) * width) as T
  }
  return Array.from({ length: batch }, (_, row) => ({
    next: cut(next, row),
    state: cut(states, row),
    observations: cut(observations, row),
    reward: rewards[row]!,
    terminationProbability: terminationProbabilities[row]!,
    terminated: terminations[row] === 1,
    queueMs: queueMs(row),
    computeMs,
    batch,
  }))
}
