// Whether episodes in progress can be played once more, for a run that goes on.
import type { EpisodeSource } from '../../episodes/sources/source.ts'

/** Whether an episode is a function of its seed and its actions. */
export function isRepeatable({ origin, copies }: EpisodeSource): boolean {
  const deterministic = origin.kind === 'environment' || (origin.kind === 'bridge' && origin.deterministic)
  return deterministic && copies?.autoreset === 'disabled' && copies.subsetReset
}
