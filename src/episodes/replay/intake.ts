// What a run has taken in: whole episodes from its folder or its source, in replay and statistics.

import type { EpisodeSource, Players } from '../sources/source.ts'
import { RunningStatistics } from '../statistics.ts'
import { type Episode, isEnd } from './episode.ts'
import { demandFiniteEpisode } from './finite-episode.ts'
import { Replay } from './replay.ts'

/** What batches are drawn from. */
export interface Data {
  replay: Replay
  statistics: RunningStatistics
  /** probabilities of as many equal groups of episodes, oldest to newest, in place of those that a run has */
  recency?: readonly number[]
}

/** Where a run keeps its episodes, by index. */
export interface EpisodeStore {
  hasEpisode(index: number): boolean
  loadEpisode(index: number): Episode
  saveEpisode(index: number, episode: Episode): void
}

export class Intake implements Data {
  readonly replay: Replay
  readonly statistics: RunningStatistics
  episodes = 0
  steps = 0
  /** episodes whose last step is an end to the termination head */
  ends = 0
  private readonly folder: EpisodeStore
  private readonly source: EpisodeSource
  private readonly timeLimitIsEnd: boolean

  /** @param options the transitions that the replay keeps, and whether time limits are ends */
  constructor(
    folder: EpisodeStore,
    source: EpisodeSource,
    { capacity, timeLimitIsEnd }: { capacity: number; timeLimitIsEnd: boolean },
  ) {
    this.timeLimitIsEnd = timeLimitIsEnd
    this.folder = folder
    this.source = source
    this.replay = new Replay(capacity)
    const { stateNames, leastDeviation } = source.spec
    this.statistics = new RunningStatistics(stateNames.length, leastDeviation)
  }

  /** Takes whole episodes until there are as many steps as wanted, or the signal asks to stop. */
  async fill(
    wanted: number,
    onEpisode: (episode: Episode) => void,
    signal?: AbortSignal,
    players?: Players,
  ): Promise<void> {
    while (this.steps < wanted && !signal?.aborted)
      for (const episode of await this.next(wanted - this.steps, players)) {
        this.take(episode)
        onEpisode(episode)
      }
  }

  /** Takes the first `count` episodes of the folder again. */
  restore(count: number): void {
    while (this.episodes < count) this.take(this.kept())
  }

  /** Episodes that the folder has from before it was cut off, and then the source's. */
  private async next(steps: number, players?: Players): Promise<Episode[]> {
    if (this.folder.hasEpisode(this.episodes)) return [this.kept()]
    const episodes = await this.source.collect(this.episodes, steps, players?.policy, players?.exploration)
    for (const [i, episode] of episodes.entries()) {
      demandFiniteEpisode(episode, this.episodes + i, this.source.spec)
      this.folder.saveEpisode(this.episodes + i, episode)
    }
    return episodes
  }

  /** The next episode, of the folder. */
  private kept(): Episode {
    const episode = this.folder.loadEpisode(this.episodes)
    demandFiniteEpisode(episode, this.episodes, this.source.spec)
    return episode
  }

  private take(episode: Episode): void {
    this.replay.add(episode)
    this.statistics.update(episode)
    this.steps += episode.length
    if (isEnd(episode, this.timeLimitIsEnd)) this.ends++
    this.episodes++
  }
}
