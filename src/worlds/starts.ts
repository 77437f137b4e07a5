// Where trajectories start: the latest states of an environment and the joint actions between them. B rows, L context
// states, N agents, A action, S state, O observation, C carried numbers.
import { concatenate } from '../common/tensors.ts'
import { lettersOf, type WorldSpec } from './world.ts'

/** One start, of 1 <= l <= L states. */
export interface StartWindow {
  /** [l, S] environment units, oldest first */
  states: Float64Array
  /** [l-1, N, A] */
  actions: Float32Array
  /** [C] of a session that it goes on from, where its kind remembers more than states and actions (Memories.window) */
  carried?: Float32Array | undefined
}

/** Starts side by side, left-padded. What padding holds does not matter. */
export interface Starts {
  batch: number
  /** [B, L, S] environment units, oldest first */
  states: Float64Array
  /** [B] number of real states in each window, 1..L */
  windows: Int32Array
  /** [B, L-1, N, A] actions between the window's states */
  pastActions: Float32Array
  /** [B, C] of all rows, or of none: StartWindow.carried */
  carried?: Float32Array | undefined
}

export interface Begun {
  /** [B, N, O] */
  observations: Float32Array
  /** [B, C] for Memories.begin */
  carried: Float32Array
}

export function padded(spec: WorldSpec, starts: readonly StartWindow[]): Starts {
  const { L, N, A, S } = lettersOf(spec)
  const states = new Float64Array(starts.length * L * S)
  const pastActions = new Float32Array(starts.length * (L - 1) * N * A)
  for (const [row, start] of starts.entries()) {
    states.set(start.states, (row + 1) * L * S - start.states.length)
    pastActions.set(start.actions, (row + 1) * (L - 1) * N * A - start.actions.length)
  }
  const windows = Int32Array.from(starts, (start) => start.states.length / S)
  const carried = starts[0]?.carried && concatenate(starts.map((start) => start.carried!))
  return { batch: starts.length, states, windows, pastActions, ...(carried && { carried }) }
}

/** Each of the states [..., S] is a start by itself. */
export function singleStarts(spec: WorldSpec, states: Float64Array): Starts {
  const { S } = lettersOf(spec)
  const starts = Array.from({ length: states.length / S }, (_, row) => ({
    states: states.subarray(row * S, (row + 1) * S),
    actions: new Float32Array(),
  }))
  return padded(spec, starts)
}

/** One row of several, without its padding. */
export function windowOf(
  spec: WorldSpec,
  { states, windows, pastActions }: Starts,
  row: number,
): StartWindow {
  const { L, N, A, S } = lettersOf(spec)
  const [stateEnd, actionEnd] = [(row + 1) * L * S, (row + 1) * (L - 1) * N * A]
  const length = windows[row]!
  return {
    states: states.slice(stateEnd - length * S, stateEnd),
    actions: pastActions.slice(actionEnd - (length - 1) * N * A, actionEnd),
  }
}
