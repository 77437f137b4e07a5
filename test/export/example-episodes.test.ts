import { expect, test } from 'vitest'
import type { Episode } from '../../src/episodes/replay/episode.ts'
import type { EpisodeSource } from '../../src/episodes/sources/source.ts'
import { exampleEpisodes } from '../../src/export/example-episodes.ts'
import type { TrainedModel } from '../../src/runs/trained-model.ts'

const model = { spec: { context: 3, horizon: 15 }, networks: {} } as unknown as TrainedModel

/** Which episodes were asked for, and how many came, of a source whose episodes have these lengths. */
async function asked(lengthOf: (i: number) => number) {
  const counts: number[] = []
  const heldOut: EpisodeSource['heldOut'] = async (count) => {
    counts.push(count)
    return Array.from({ length: count }, (_, i) => ({ length: lengthOf(i) }) as Episode)
  }
  const episodes = await exampleEpisodes(model, { heldOut } as EpisodeSource)
  return { counts, episodes: episodes.length }
}

test('one episode is enough where it is longer than an example', async () => {
  expect(await asked(() => 19)).toEqual({ counts: [1], episodes: 1 })
})

test('where it fails too early there are more', async () => {
  expect(await asked((i) => (i === 3 ? 19 : 18))).toEqual({ counts: [1, 8], episodes: 8 })
  expect(await asked(() => 18)).toEqual({ counts: [1, 8, 64], episodes: 64 })
})
