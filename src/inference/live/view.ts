// Where a session stands, for those who ask.
import type { Committed, Terms } from './terms.ts'
import type { SessionView } from './types.ts'

/** For sessions that are never closed for being idle: far away, and still a date that every reader can take. */
const NEVER = Date.UTC(9999, 11, 31, 23, 59, 59)

/** Call it while answering a request of the session: its time to live begins with that. */
export function viewOf(terms: Terms, { stepId, position }: Committed, idleTimeoutMs: number): SessionView {
  const { id, model, plan, autoreset, maxEpisodeSteps } = terms
  const { seed, episode, episodeStep, state, observations, terminated, truncated } = position
  return {
    id,
    bundle: model.bundle,
    plan,
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
