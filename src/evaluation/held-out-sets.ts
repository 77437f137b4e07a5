// Sets of held-out episodes, by who plays them: a model may know the states of one and not those of another. The same
// run, set, number and seed are the same episodes.
import { DimaError } from '../common/errors.ts'
import type { Episode } from '../episodes/replay/episode.ts'
import type { EpisodeSource } from '../episodes/sources/source.ts'
import type { TrainedModel } from '../runs/trained-model.ts'
import { playPolicy } from './unseen-episodes.ts'

/** Random actions, or the run's own policy with sampled or with mean actions. */
export const HELD_OUT_SETS = ['random', 'sampled', 'mean'] as const
export type HeldOutSet = (typeof HELD_OUT_SETS)[number]

/** How training played. */
export const ownSet = (hasPolicy: boolean): HeldOutSet => (hasPolicy ? 'sampled' : 'random')

/** In the run's folder: that of its own set is what bundles and reports have. */
export const scoresFile = (set: HeldOutSet, hasPolicy: boolean): string =>
  set === ownSet(hasPolicy) ? 'evaluation.json' : `evaluation-${set}.json`

/** DimaError `invalid_config` where a policy is to play that there is not, or where it can't. */
export async function episodesOf(
  set: HeldOutSet,
  model: TrainedModel,
  source: EpisodeSource,
  { count, seed }: { count: number; seed: number },
): Promise<Episode[]> {
  if (set === 'random') return source.heldOut(count, seed)
  if (model.networks.policy && source.play)
    return playPolicy(model, source, { mode: modeOf(set), count, seed })
  throw new DimaError('invalid_config', 'the run has no policy that could play: its held-out set is random', {
    field: 'actions',
    given: set,
  })
}

const modeOf = (set: 'sampled' | 'mean') => (set === 'mean' ? 'mean' : 'sample')
