// The latest states of an episode with the actions between them: what another may start from.
import type { ModelDetail } from '../../api/models.ts'
import type { Start } from '../../client/types.ts'
import type { Tape } from '../tape/tape.ts'

/** @param stateAt [S] of an entry; undefined: not from there on back. As many as the model can use. */
export function window(
  tape: Tape,
  { agents, context, spaces }: Pick<ModelDetail, 'agents' | 'context' | 'spaces'>,
  stateAt: (entry: number) => ArrayLike<number> | undefined,
): Start {
  const A = spaces.action.dimension
  const states: number[][] = []
  const actions: number[][][] = []
  for (let entry = tape.end - 1; tape.has(entry) && states.length < context; entry--) {
    const state = stateAt(entry)
    if (!state) break
    states.unshift(Array.from(state))
    if (tape.begins(entry)) break
    const joint = [...tape.action(entry)]
    actions.unshift(agents.map((_, n) => joint.slice(n * A, (n + 1) * A)))
  }
  return { states, actions: actions.slice(actions.length - states.length + 1) }
}
