// Data sets that differ in the action noise they were played with, and their files: what has been played is kept.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { mean, sum } from '../../common/statistics.ts'
import { type Episode, loadEpisode, saveEpisode } from '../../episodes/replay/episode.ts'
import type { ActingPolicy } from '../../episodes/sources/actions.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'

export interface DataSet {
  name: string
  /** whose means are played: the policy's, or 0 as before its first update */
  mean: 'policy' | 'zero'
  /** standard deviation of every action */
  std: number
}

/** 0.114 is the paper's late policy, 0.3655 every policy's before its first update (method.md 7.5, 4.1). */
export const DATA_SETS: readonly DataSet[] = [
  { name: 'policy-0.05', mean: 'policy', std: 0.05 },
  { name: 'policy-0.11', mean: 'policy', std: 0.11 },
  { name: 'policy-0.3655', mean: 'policy', std: 0.3655 },
  { name: 'untrained-0.3655', mean: 'zero', std: 0.3655 },
]

/** Acts with the noise of a data set instead of the policy's own. */
export const noisy = (policy: ActingPolicy, { mean: of, std }: DataSet): ActingPolicy => ({
  act: async (observations, copies) => {
    const { mean } = await policy.act(observations, copies)
    return {
      mean: of === 'policy' ? mean : new Float32Array(mean.length),
      std: new Float32Array(mean.length).fill(std),
    }
  },
})

export interface Played {
  train: Episode[]
  heldOut: Episode[]
}

export interface PlayOptions {
  /** whole episodes in all, and how many of them are held out */
  episodes: number
  heldOut: number
  seed: number
}

/** From the folder as far as they are there, else played now: all data sets have the same starts. */
export async function playedOnce(
  folder: string,
  dataSet: DataSet,
  open: () => Promise<{ source: Required<Pick<EpisodeSource, 'play'>>; policy: ActingPolicy }>,
  { episodes: count, heldOut, seed }: PlayOptions,
): Promise<Played> {
  const file = (i: number) => join(folder, dataSet.name, `${i}.msgpack`)
  if (!existsSync(file(count - 1))) {
    const { source, policy } = await open()
    const played = await source.play(noisy(policy, dataSet), 'sample', count, seed)
    mkdirSync(join(folder, dataSet.name), { recursive: true })
    for (const [i, episode] of played.entries()) saveEpisode(file(i), episode)
  }
  const episodes = Array.from({ length: count }, (_, i) => loadEpisode(file(i)))
  return { train: episodes.slice(0, count - heldOut), heldOut: episodes.slice(count - heldOut) }
}

export const meanReturn = (episodes: readonly Episode[]): number =>
  mean(episodes.map(({ rewards }) => sum(rewards)))
