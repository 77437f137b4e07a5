// How much memory a session's typed arrays take.
import type { Committed, Terms } from './terms.ts'

type Shown = { state: Float64Array; observations: Float32Array }

/** The last answer shows the position itself, except after a reset; what both hold counts once. */
export function bytesOf({ memories }: Terms, { position, last }: Committed): number {
  const history = memories.bytes(position.memory)
  const stored = last && last.answer.state !== position.state ? shown(last.answer) : 0
  const final = last?.answer.final ? shown(last.answer.final) : 0
  const actions = (last?.asked.action.byteLength ?? 0) + (last?.answer.actions?.byteLength ?? 0)
  return history + shown(position) + actions + stored + final
}

const shown = ({ state, observations }: Shown): number => state.byteLength + observations.byteLength
