// Sets of episodes that any model of a task can be scored on. With one seed they are the same every time: the random one for
// every model, those of a policy for every model that has it.
import { DimaError } from '../../common/errors.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { ActingPolicy } from '../../episodes/sources/actions.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'

export const SET_NAMES = ['random', 'sampled', 'mean'] as const
export type SetName = (typeof SET_NAMES)[number]

/** @param text names, comma-separated; '' for those that there are. DimaError `invalid_config` */
export function namedSets(text: string, hasPolicy: boolean): SetName[] {
  if (!text) return hasPolicy ? [...SET_NAMES] : ['random']
  const names = text.split(',').map((name) => name.trim())
  for (const name of names) {
    if (!SET_NAMES.some((known) => known === name))
      throw invalid(`there is no set ${name}; there are ${SET_NAMES.join(', ')}`, name)
    if (name !== 'random' && !hasPolicy) throw invalid(`there is no policy to play the set ${name}`, name)
  }
  return SET_NAMES.filter((known) => names.includes(known))
}

export interface Stage {
  /** its random policy has the deviation RANDOM_STD */
  source: EpisodeSource
  policy?: ActingPolicy | undefined
}

/** DimaError `invalid_config` of recorded episodes: whatever is to be scored has to be played. */
export function playSet(
  name: SetName,
  { source, policy }: Stage,
  count: number,
  seed: number,
): Promise<Episode[]> {
  if (!source.play) throw invalid(`${source.spec.name} is recorded: nobody can play the set ${name}`, name)
  if (name === 'random') return source.heldOut(count, seed)
  return source.play(policy!, name === 'mean' ? 'mean' : 'sample', count, seed)
}

const invalid = (message: string, given: string) =>
  new DimaError('invalid_config', message, { field: 'sets', given })
