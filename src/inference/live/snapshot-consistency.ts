// Whether the parts of a snapshot tell one story: what no session could have reached is refused.
import { snapshotError } from '../../worlds/snapshot-fields.ts'
import type { Position } from './position.ts'
import type { Committed, Terms } from './terms.ts'

/** Throws DimaError `invalid_snapshot` naming a field. */
export function requireConsistent(terms: Terms, { stepId, position, last }: Committed): void {
  must(Number.isSafeInteger(stepId + 1), 'committedStepId', 'leaves no room for another step')
  must((last === undefined) === (stepId === 0), 'last', 'does not fit committedStepId')
  must(position.episodeStep <= stepId, 'episodeStep', 'is more than committedStepId')
  requireFlags(terms, position)
}

function must(condition: boolean, field: string, message: string): void {
  if (!condition) throw snapshotError(field, message)
}

function requireFlags({ autoreset, maxEpisodeSteps }: Terms, position: Position): void {
  const { terminated, truncated, episodeStep } = position
  const full = maxEpisodeSteps !== null && episodeStep >= maxEpisodeSteps
  must(truncated === full, 'truncated', 'does not fit episodeStep and maxEpisodeSteps')
  if (maxEpisodeSteps !== null)
    must(episodeStep <= maxEpisodeSteps, 'episodeStep', 'is more than maxEpisodeSteps')
  const ended = terminated || truncated
  must(!ended || autoreset !== 'same_step', 'terminated', 'can not be with same_step')
  must(!ended || episodeStep > 0, 'terminated', 'can not be at a start')
}
