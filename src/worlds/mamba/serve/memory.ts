// What a session of this kind carries: the latent states of its agents; before the first step the start, since the classes of
// its latent states are drawn with that step's numbers. M rows, L context, N agents, A action, S state, F numbers of a latent
// state.

import Type from 'typebox'
import { concatenate } from '../../../common/tensors.ts'
import { readNumbers, snapshotError } from '../../snapshot-fields.ts'
import { padded, type Starts, type StartWindow } from '../../starts.ts'
import type { Memories, WorldSpec } from '../../world.ts'
import type { MambaChoice } from './choices.ts'
import { sizesOf } from './manifest.ts'

/** Either of the two. */
export interface Memory {
  /** [N, F] */
  latents?: Float32Array
  start?: StartWindow
}

interface Turn extends Memory {
  /** [N, A] to take */
  action: Float32Array
}

/** Turns of M rows side by side. */
export type TurnColumns = {
  /** [M, N, F]; those of rows at a start are zero */
  latents: Float32Array
  /** [M, N, A] the actions to take */
  actions: Float32Array
  /** rows that are at a start, in the order of the next three */
  fresh: Uint32Array
} & Pick<Starts, 'states' | 'windows' | 'pastActions'>

const fields = {
  exact: Type.Optional(Type.Literal(true)), // observations
  latents: Type.Optional(Type.Unknown()), // f4 [N, F]
  states: Type.Optional(Type.Unknown()), // f8 [l, S] of a start
  actions: Type.Optional(Type.Unknown()), // f4 [l - 1, N, A] between them
}

export const memories = (spec: WorldSpec): Memories<Memory, Turn, MambaChoice> => {
  const { L, N, A, S, F } = sizesOf(spec)
  return {
    begin: (start, carried) => (carried.length > 0 ? { latents: carried } : { start }),
    take: (memory, action) => ({ ...memory, action }),
    follow: (_turn, carried) => ({ latents: carried }),
    gather: (turns) => gather(spec, turns),
    bytes: ({ latents, start }) =>
      latents?.byteLength ?? start!.states.byteLength + start!.actions.byteLength,
    window: ({ latents, start }) =>
      start ? { ...start } : { states: new Float64Array(S), actions: new Float32Array(), carried: latents },
    fields,
    pack: ({ latents, start }, { observations }) => ({
      ...(observations === 'exact' ? { exact: true } : {}),
      ...(latents ? { latents } : { states: start!.states, actions: start!.actions }),
    }),
    unpack: ({ exact, latents, states, actions }, step) => {
      const choice: MambaChoice = { observations: exact ? 'exact' : 'decoded' }
      if (step > 0) return { memory: { latents: readNumbers('f4', latents, N * F, 'latents') }, choice }
      const length = bytesOf(states) / (8 * S)
      if (!(Number.isInteger(length) && length >= 1 && length <= L))
        throw snapshotError('states', `is not 1 to ${L} states of this model`)
      const start = {
        states: readNumbers('f8', states, length * S, 'states') as Float64Array,
        actions: readNumbers('f4', actions, (length - 1) * N * A, 'actions') as Float32Array,
      }
      return { memory: { start }, choice }
    },
  }
}

const bytesOf = (value: unknown): number => (value instanceof Uint8Array ? value.byteLength : 0)

function gather(spec: WorldSpec, turns: readonly Turn[]): TurnColumns {
  const { N, F } = sizesOf(spec)
  const latents = new Float32Array(turns.length * N * F)
  const fresh: number[] = []
  for (const [row, turn] of turns.entries()) {
    if (turn.start) fresh.push(row)
    else latents.set(turn.latents!, row * N * F)
  }
  const { states, windows, pastActions } = padded(
    spec,
    fresh.map((row) => turns[row]!.start!),
  )
  const actions = concatenate(turns.map(({ action }) => action))
  return { latents, actions, fresh: Uint32Array.from(fresh), states, windows, pastActions }
}
