// What a session of this kind carries: its history of tokens and actions. Keys and values are made again of it. M rows, N agents, A
// action, S state, K tokens.

import Type from 'typebox'
import { concatenate } from '../../../common/tensors.ts'
import { readNumbers, snapshotError } from '../../snapshot-fields.ts'
import type { Memories, WorldSpec } from '../../world.ts'
import type { MarieChoice } from './choices.ts'
import { filledUp, type History, later, lengthOf, stepsIn, tokensAt, withoutFilling } from './history.ts'
import { sizesOf } from './manifest.ts'

export interface Memory {
  history: History
}

interface Turn extends Memory {
  /** [N, A] to take */
  action: Float32Array
}

/** Turns of M rows side by side. */
export type TurnColumns = {
  /** one after the other */
  histories: Float32Array
  /** [M] numbers of each */
  lengths: Uint32Array
  /** [M, N, A] the actions to take */
  actions: Float32Array
}

const fields = {
  exact: Type.Optional(Type.Literal(true)), // observations
  history: Type.Unknown(), // f4, history.ts
}

export const memories = (spec: WorldSpec): Memories<Memory, Turn, MarieChoice> => {
  const sizes = sizesOf(spec)
  return {
    begin: (_start, carried) => ({ history: withoutFilling(carried) }),
    take: ({ history }, action) => ({ history, action }),
    follow: ({ history, action }, next) => ({ history: later(sizes, history, action, next) }),
    gather: (turns) => ({
      histories: concatenate(turns.map(({ history }) => history)),
      lengths: Uint32Array.from(turns, ({ history }) => history.length),
      actions: concatenate(turns.map(({ action }) => action)),
    }),
    bytes: ({ history }) => history.byteLength,
    window: ({ history }) => ({
      states: new Float64Array(sizes.S),
      actions: new Float32Array(),
      carried: filledUp(sizes, history),
    }),
    fields,
    pack: ({ history }, { observations }) => ({
      ...(observations === 'exact' ? { exact: true } : {}),
      history,
    }),
    unpack: ({ exact, history }) => ({
      memory: { history: readHistory(sizes, history) },
      choice: { observations: exact ? 'exact' : 'decoded' },
    }),
  }
}

/** Histories of gathered turns, sharing memory. */
export function historiesOf({ histories, lengths }: TurnColumns): History[] {
  let first = 0
  return Array.from(lengths, (length) => {
    first += length
    return histories.subarray(first - length, first)
  })
}

function readHistory(sizes: ReturnType<typeof sizesOf>, given: unknown): History {
  const count = given instanceof Uint8Array ? given.byteLength / 4 : 0
  const steps = stepsIn(sizes, { length: count } as History)
  if (!(Number.isInteger(steps) && steps >= 0 && steps < sizes.history))
    throw snapshotError('history', `is not of 0 to ${sizes.history - 1} steps of this model`)
  const history = readNumbers('f4', given, lengthOf(sizes, steps), 'history') as History
  for (let step = 0; step <= steps; step++)
    for (const token of tokensAt(sizes, history, step))
      if (!(Number.isInteger(token) && token >= 0 && token < sizes.V))
        throw snapshotError('history', `has a token that is not one of ${sizes.V}`)
  return history
}
