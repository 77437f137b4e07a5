// One step of many live sessions at once, each at its own place in its own episode: the columns that cross to an
// executor and what comes back. Executors keep nothing that can't be rebuilt. M rows, N agents, O observation, S state, C
// carried numbers.
import type { Columns, Memories } from './world.ts'

/** A session before a step. Plain data, never changed once made. */
export interface LiveRow {
  /**
   * Unique in the server: who steps, for caches of executors. Steps after a reset or a fork have another; those of
   * rollouts are negative. A step that was computed may fail to be committed and come again under the same id with other
   * actions, here or in another executor: a cache must know by itself whether it is true.
   */
  id: number
  /** the random stream: seed, hash of the start (noise.ts), steps since the start */
  seed: number
  key: number
  step: number
  /** Memories.take */
  turn: unknown
}

export interface StepOutcome {
  /** [C] for Memories.follow */
  carried: Float32Array
  /** [S] environment units */
  state: Float64Array
  /** [N, O] */
  observations: Float32Array
  /** team reward of the action */
  reward: number
  terminationProbability: number
  /** drawn from that probability with the row's random stream */
  terminated: boolean
  queueMs: number
  /** of the batch the step was part of */
  computeMs: number
  /** rows of that batch */
  batch: number
}

export interface LiveBatch {
  /** Of all rows; Choices of the kind. */
  choice: unknown
  /** [M] LiveRow.id */
  ids: Float64Array
  seeds: Uint32Array
  keys: Uint32Array
  steps: Uint32Array
  turns: Columns
}

export interface LiveResults {
  /** [M, C] */
  carried: Float32Array
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

export function gatherRows(memories: Memories, choice: unknown, rows: readonly LiveRow[]): LiveBatch {
  const column = (pick: (row: LiveRow) => number) => Uint32Array.from(rows, pick)
  return {
    choice,
    ids: Float64Array.from(rows, ({ id }) => id),
    seeds: column(({ seed }) => seed),
    keys: column(({ key }) => key),
    steps: column(({ step }) => step),
    turns: memories.gather(rows.map(({ turn }) => turn)),
  }
}

/** Each row's own outcome, in memory of its own: a session must not keep a whole batch alive. */
export function scatterRows(results: LiveResults, queueMs: (row: number) => number): StepOutcome[] {
  const { carried, states, observations, rewards, terminationProbabilities, terminations, computeMs } =
    results
  const batch = rewards.length
  const cut = <T extends Float32Array | Float64Array>(array: T, row: number): T => {
    const width = array.length / batch
    return array.slice(row * width, (row + 1) * width) as T
  }
  return Array.from({ length: batch }, (_, row) => ({
    carried: cut(carried, row),
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
