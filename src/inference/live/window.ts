// Where a rollout begins that goes on as a session would.
import { DimaError } from '../../common/errors.ts'
import { isOver } from './position.ts'
import type { Committed, Terms } from './terms.ts'
import type { SessionWindow } from './types.ts'

/** DimaError `episode_over`, or `invalid_request` of kinds whose sessions remember more than states and actions. */
export function windowOf({ model, choice, memories }: Terms, { position }: Committed): SessionWindow {
  if (isOver(position))
    throw new DimaError('episode_over', 'the episode of the session is over', { field: 'session_id' })
  if (!memories.window)
    throw new DimaError(
      'invalid_request',
      'sessions of this kind of model can not be planned from: send a start',
      { field: 'session_id' },
    )
  const start = memories.window(position.memory)
  start.states.set(position.state, start.states.length - position.state.length) // to the last digit
  return { bundle: model.bundle, choice, start }
}
