// The episodes that two models are compared on. In an environment they are played afresh, so that neither was trained on
// them: half by each one's policy, whose states are those that it has to know, or by the random policy where it has none.
// Recorded ones are those that a training with the same share holds out.
import type { Episode } from '../../episodes/replay/episode.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { openPlayer } from '../../evaluation/player.ts'
import type { Contender } from './contender.ts'

export interface HeldOut {
  episodes: Episode[]
  /** where they are from, for the person who reads the table */
  words: string
}

export interface Draw {
  /** for each of the two */
  episodes: number
  seed: number
}

export async function heldOutEpisodes(
  source: EpisodeSource,
  contenders: readonly [Contender, Contender],
  draw: Draw,
): Promise<HeldOut> {
  if (source.recorded) return recorded(source, contenders, draw)
  const players = contenders.filter(({ loaded }) => loaded.graphs.policy && source.play)
  const random = (2 - players.length) * draw.episodes
  const episodes: Episode[] = []
  for (const player of players) episodes.push(...(await play(source, player, draw)))
  if (random > 0) episodes.push(...(await source.heldOut(random, draw.seed)))
  const parts = [
    ...players.map(({ reference }) => `${draw.episodes} by the policy of ${reference}`),
    ...(random > 0 ? [`${random} by the random policy`] : []),
  ]
  return { episodes, words: `new episodes of ${source.spec.name}: ${parts.join(', ')}` }
}

async function recorded(
  source: EpisodeSource,
  [current]: readonly [Contender, Contender],
  { episodes: count, seed }: Draw,
): Promise<HeldOut> {
  const episodes = await source.heldOut(2 * count, seed)
  const words = `${episodes.length} recorded episodes that are held out of ${source.spec.name}; ${current.reference} knows them if it was trained on others`
  return { episodes, words }
}

async function play(source: EpisodeSource, { loaded }: Contender, { episodes, seed }: Draw) {
  const policy = await openPlayer(loaded.spec, loaded.graphs)
  try {
    return await source.play!(policy, 'sample', episodes, seed)
  } finally {
    await policy.close()
  }
}
