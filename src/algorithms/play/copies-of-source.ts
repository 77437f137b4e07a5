// What an algorithm without a world model plays in, and whether its episodes in progress can be played once more when a run goes on.
import { DimaError } from '../../common/errors.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { RunningCopies } from './running-copies.ts'

/** DimaError `invalid_config`: episodes that are only read. */
export function copiesOf({ copies, play }: EpisodeSource, { algorithm, seed }: RunConfig): RunningCopies {
  if (copies && play) return new RunningCopies(copies, seed)
  throw new DimaError('invalid_config', `${algorithm} needs an environment to play in`, {
    field: 'algorithm',
  })
}

/** Whether an episode is a function of its seed and its actions. */
export function isRepeatable({ origin, copies }: EpisodeSource): boolean {
  const deterministic = origin.kind === 'environment' || (origin.kind === 'bridge' && origin.deterministic)
  return deterministic && copies?.autoreset === 'disabled' && copies.subsetReset
}
