// The start windows of a request as padded arrays, one window a row.
import Type from 'typebox'
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { checkFields } from './fields.ts'
import { copyNumbers, describe, wrongShape } from './numbers.ts'

const Start = Type.Object(
  { states: Type.Unknown(), actions: Type.Optional(Type.Unknown()) },
  { additionalProperties: false },
)

export interface Windows {
  states: Float64Array // [B, L, S]
  windows: Int32Array // [B]
  pastActions: Float32Array // [B, L-1, N, A]
}

/** `starts` holds one start, repeated for every row, or one for each of the `batch` rows. */
export function readStarts(starts: unknown, batch: number, manifest: Manifest): Windows {
  if (!Array.isArray(starts) || (starts.length !== 1 && starts.length !== batch))
    throw wrongCount(starts, batch)
  const { context, state, agents, action } = manifest
  const sizes = { states: context * state.length, actions: (context - 1) * agents.length * action.dimension }
  const target: Windows = {
    states: new Float64Array(batch * sizes.states),
    windows: new Int32Array(batch),
    pastActions: new Float32Array(batch * sizes.actions),
  }
  starts.forEach((start, row) => {
    readStart(start, row, manifest, target)
  })
  if (starts.length < batch) repeatFirst(target, sizes)
  return target
}

/** Windows shorter than L stand at the end of their row, after zeros. */
function readStart(start: unknown, row: number, manifest: Manifest, target: Windows): void {
  const field = `starts[${row}]`
  const { states, actions = [] } = checkFields(Start, start, field)
  const { context, agents, action } = manifest
  const [S, joint] = [manifest.state.length, agents.length * action.dimension]
  const length = windowLength(states, `${field}.states`, context, S)
  copyNumbers(states, [length, S], `${field}.states`, target.states, ((row + 1) * context - length) * S)
  const past = [length - 1, agents.length, action.dimension]
  const end = (row + 1) * (context - 1) * joint
  copyNumbers(actions, past, `${field}.actions`, target.pastActions, end - (length - 1) * joint)
  target.windows[row] = length
}

function windowLength(states: unknown, field: string, context: number, S: number): number {
  if (Array.isArray(states) && states.length >= 1 && states.length <= context) return states.length
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
