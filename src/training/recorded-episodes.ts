// Episodes to be written to a file, one after the other.
import type { Episode } from './episode.ts'
import type { RunFolder } from './run-folder.ts'
import type { EpisodeSource } from './sources/source.ts'

/** Everything that a run has collected. */
export function* runEpisodes(folder: RunFolder): Generator<Episode> {
  for (let i = 0; folder.hasEpisode(i); i++) yield folder.loadEpisode(i)
}

/** The first `count` training episodes of a source. */
export async function* playEpisodes(
  source: EpisodeSource,
  count: number,
  onEpisode: (done: number) => void,
): AsyncGenerator<Episode> {
  for (let done = 0; done < count; )
    for (const episode of await source.collect(done, 1)) {
      yield episode
      onEpisode(++done)
    }
}
