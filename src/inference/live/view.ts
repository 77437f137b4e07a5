// Where a session stands, for those who ask.

import { kindOf } from '../../worlds/kind-of.ts'
import type { Kinds } from '../../worlds/world.ts'
import type { Committed, Terms } from './terms.ts'
import type { SessionView } from './types.ts'

/** For sessions that are never closed for being idle: far away, and still a date that every reader can take. */
const NEVER = Date.UTC(9999, 11, 31, 23, 59, 59)

/** Call it while answering a request of the session: its time to live begins with that. */
export function viewOf(
  kinds: Kinds,
  terms: Terms,
  { stepId, position }: Committed,
  idleTimeoutMs: number,
): SessionView {
  const { manifest } = terms.model.bundle
  const { id, model, choice, autoreset, maxEpisodeSteps } = terms
  const { seed, episode, episodeStep, state, observations, terminated, truncated } = position
  return {
    id,
    bundle: model.bundle,
    chosen: kindOf(kinds, manifest).choices.describe(choice, manifest),
    seed,
    autoreset,
    maxEpisodeSteps,
    committedStepId: stepId,
    episode,
    episodeStep,
    state,
    observations,
    terminated,
    truncated,
    idleTimeoutSeconds: idleTimeoutMs / 1000,
    expiresAt: idleTimeoutMs === 0 ? NEVER : Date.now() + idleTimeoutMs,
  }
}
