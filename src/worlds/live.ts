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
  const M = rows.length
  const [ids, turns] = [new Float64Array(M), new Array<unknown>(M)]
  const [seeds, keys, steps] = [new Uint32Array(M), new Uint32Array(M), new Uint32Array(M)]
  for (let i = 0; i < M; i++) {
    const row = rows[i]!
    ids[i] = row.id
    seeds[i] = row.seed
    keys[i] = row.key
    steps[i] = row.step
    turns[i] = row.turn
  }
  return { choice, ids, seeds, keys, steps, turns: memories.gather(turns) }
}

/** Each row's own outcome, in memory of its own: a session must not keep a whole batch alive. */
export function scatterRows(results: LiveResults, queueMs: (row: number) => number): StepOutcome[] {
  const { states, carried, observations, rewards, terminationProbabilities, terminations, computeMs } =
    results
  const batch = rewards.length
  const [S, C, NO] = [states.length / batch, carried.length / batch, observations.length / batch]
  const outcomes = new Array<StepOutcome>(batch)
  for (let row = 0; row < batch; row++) {
    const own = new ArrayBuffer(8 * S + 4 * (C + NO)) // one for all three: each costs more than the numbers in it
    outcomes[row] = {
      carried: copied(carried, row, new Float32Array(own, 8 * S, C)),
      state: copied(states, row, new Float64Array(own, 0, S)),
      observations: copied(observations, row, new Float32Array(own, 8 * S + 4 * C, NO)),
      reward: rewards[row]!,
      terminationProbability: terminationProbabilities[row]!,
      terminated: terminations[row] === 1,
      queueMs: queueMs(row),
      computeMs,
      batch,
    }
  }
  return outcomes
}

function copied<T extends Float32Array | Float64Array>(rows: T, row: number, target: T): T {
  const from = row * target.length
  for (let i = 0; i < target.length; i++) target[i] = rows[from + i]!
  return target
}
