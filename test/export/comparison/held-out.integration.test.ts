import { beforeAll, expect, test } from 'vitest'
import type { Episode } from '../../../src/episodes/replay/episode.ts'
import type { EpisodeSource } from '../../../src/episodes/sources/source.ts'
import { type Contender, readContender } from '../../../src/export/comparison/contender.ts'
import { heldOutEpisodes } from '../../../src/export/comparison/held-out.ts'
import { useCpu } from '../../worlds/dima/networks/fixture.ts'
import { published } from '../fixture.ts'

beforeAll(useCpu)

const contender = async (policy: boolean): Promise<Contender> => readContender(await published(policy))

/** Tells who played: `random` or `policy`, from which seed. */
function source(facts: Partial<EpisodeSource> = {}): { source: EpisodeSource; asked: unknown[][] } {
  const asked: unknown[][] = []
  const episodes = (count: number) => Array.from({ length: count }, () => ({}) as Episode)
  const heldOut = async (count: number, seed: number) => {
    asked.push(['random', count, seed])
    return episodes(count)
  }
  const play: EpisodeSource['play'] = async (policy, mode, count, seed) => {
    const { mean } = await policy.act(new Float32Array(2 * 19), 1)
    asked.push(['policy', mode, count, seed, mean.length])
    return episodes(count)
  }
  return { source: { spec: { name: 'run' }, heldOut, play, ...facts } as unknown as EpisodeSource, asked }
}

const draw = { episodes: 3, seed: 7 }

test('each policy plays half, the random policy for a model without one', async () => {
  const [without, own] = [await contender(false), await contender(true)]
  const mixed = source()
  const { episodes, words } = await heldOutEpisodes(mixed.source, [without, own], draw)
  expect(episodes).toHaveLength(6)
  expect(mixed.asked).toEqual([
    ['policy', 'sample', 3, 7, 6],
    ['random', 3, 7],
  ])
  expect(words).toBe('new episodes of run: 3 by the policy of cheetah/1, 3 by the random policy')
  const random = source()
  await heldOutEpisodes(random.source, [without, without], draw)
  expect(random.asked).toEqual([['random', 6, 7]])
})

test('recorded episodes are those held out, and it is said who may know them', async () => {
  const own = await contender(true)
  const file = source({ recorded: [20, 20] })
  const { words } = await heldOutEpisodes(file.source, [own, own], draw)
  expect(file.asked).toEqual([['random', 6, 7]])
  expect(words).toBe(
    '6 recorded episodes that are held out of run; cheetah/1 knows them if it was trained on others',
  )
})
