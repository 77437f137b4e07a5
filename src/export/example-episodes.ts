// The episodes that examples are cut from.

import type { Episode } from '../episodes/replay/episode.ts'
import type { EpisodeSource } from '../episodes/sources/source.ts'
import { unseenEpisodes } from '../evaluation/unseen-episodes.ts'
import type { TrainedModel } from '../runs/trained-model.ts'

const SEED = 0xe8a
/** Episodes, by attempt: where one fails at once, others may not. */
const ATTEMPTS = [1, 8, 64]

/** Those of the first attempt that has one which is long enough for an example, else of the last. */
export async function exampleEpisodes(model: TrainedModel, source: EpisodeSource): Promise<Episode[]> {
  const { context, horizon } = model.spec
  let episodes: Episode[] = []
  for (const count of ATTEMPTS) {
    episodes = await unseenEpisodes(model, source, count, SEED)
    if (episodes.some(({ length }) => length > context + horizon)) break
  }
  return episodes
}
