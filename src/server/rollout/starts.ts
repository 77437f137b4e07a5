// The start windows of a request: padded arrays with one window a row for a rollout, or one window for a session.
import Type from 'typebox'
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { StartWindow } from '../../worlds/starts.ts'
import { copyNumbers, describe, lengthOf, wrongShape } from '../wire/numbers.ts'
import { keepInside, type OutOfRange } from './action-range.ts'
import { checkFields } from './fields.ts'

const Start = Type.Object(
  { states: Type.Unknown(), actions: Type.Optional(Type.Unknown()) },
  { additionalProperties: false },
)

export interface Windows {
  states: Float64Array // [B, L, S]
  windows: Int32Array // [B]
  pastActions: Float32Array // [B, L-1, N, A]
  /** entries of the given actions that were outside their space */
  clipped: number
}

/** A start window and how many entries of its actions were outside their space. */
interface InsideStart {
  window: StartWindow
  clipped: number
}

/** `starts` holds one start, repeated for every row, or one for each of the `batch` rows. */
export function readStarts(
  starts: unknown,
  batch: number,
  manifest: Manifest,
  outOfRange: OutOfRange,
): Windows {
  if (!Array.isArray(starts) || (starts.length !== 1 && starts.length !== batch))
    throw wrongCount(starts, batch)
  const { context, state, agents, action } = manifest
  const sizes = { states: context * state.length, actions: (context - 1) * agents.length * action.dimension }
  const target: Windows = {
    states: new Float64Array(batch * sizes.states),
    windows: new Int32Array(batch),
    pastActions: new Float32Array(batch * sizes.actions),
    clipped: 0,
  }
  starts.forEach((start, row) => {
    const { window, clipped } = readStart(start, `starts[${row}]`, manifest, outOfRange)
    target.clipped += clipped
    // Windows shorter than L stand at the end of their row, after zeros.
    target.states.set(window.states, (row + 1) * sizes.states - window.states.length)
    target.pastActions.set(window.actions, (row + 1) * sizes.actions - window.actions.length)
    target.windows[row] = window.states.length / state.length
  })
  if (starts.length < batch) repeatFirst(target, sizes)
  return target
}

/** Throws DimaError naming the part of `field` that is wrong. */
export function readStart(
  start: unknown,
  field: string,
  manifest: Manifest,
  outOfRange: OutOfRange,
): InsideStart {
  const { states, actions = [] } = checkFields(Start, start, field)
  const { context, agents, action } = manifest
  const [S, N, A] = [manifest.state.length, agents.length, action.dimension]
  const length = windowLength(states, `${field}.states`, context, S)
  const window = {
    states: new Float64Array(length * S),
    actions: new Float32Array((length - 1) * N * A),
  }
  copyNumbers(states, [length, S], `${field}.states`, window.states)
  copyNumbers(actions, [length - 1, N, A], `${field}.actions`, window.actions)
  const clipped = keepInside(window.actions, manifest, outOfRange, `${field}.actions`, [length - 1])
  return { window, clipped }
}

function windowLength(states: unknown, field: string, context: number, S: number): number {
  const length = lengthOf(states)
  if (length !== undefined && length >= 1 && length <= context) return length
  throw wrongShape(field, [`1..${context}`, S], states)
}

function repeatFirst(
  { states, windows, pastActions }: Windows,
  sizes: { states: number; actions: number },
): void {
  windows.fill(windows[0]!)
  for (let row = 1; row < windows.length; row++) {
    states.copyWithin(row * sizes.states, 0, sizes.states)
    pastActions.copyWithin(row * sizes.actions, 0, sizes.actions)
  }
}

function wrongCount(starts: unknown, batch: number): DimaError {
  const given = Array.isArray(starts) ? starts.length : describe(starts)
  return new DimaError(
    'invalid_shape',
    `starts has ${given} entries, expected 1 or ${batch} as actions has`,
    {
      field: 'starts',
      expected: [...new Set([1, batch])],
      given,
    },
  )
}
