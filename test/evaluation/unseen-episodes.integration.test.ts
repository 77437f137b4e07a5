// Whose episodes an evaluation takes.
import { beforeAll, expect, test } from 'vitest'
import type { Episode } from '../../src/episodes/replay/episode.ts'
import type { ActingPolicy } from '../../src/episodes/sources/actions.ts'
import type { EpisodeSource } from '../../src/episodes/sources/source.ts'
import { playPolicy, unseenEpisodes } from '../../src/evaluation/unseen-episodes.ts'
import { trainedModel } from '../export/fixture.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

const episode = {} as Episode

/** Records what it is asked for, and has the policy act once on zeros. */
function sourceOf(asked: unknown[][], canPlay = true) {
  const play = async (policy: ActingPolicy, mode: string, count: number, seed: number) => {
    const { mean, std } = await policy.act(new Float32Array(2 * 2 * 19), 2)
    asked.push(['play', mode, count, seed, mean.length, std.length])
    return [episode]
  }
  const heldOut = async (count: number, seed: number) => {
    asked.push(['heldOut', count, seed])
    return [episode]
  }
  return { heldOut, ...(canPlay ? { play } : {}) } as unknown as EpisodeSource
}

test("are the policy's, with sampled actions", async () => {
  const asked: unknown[][] = []
  expect(await unseenEpisodes(trainedModel({ policy: true }), sourceOf(asked), 3, 7)).toEqual([episode])
  expect(asked).toEqual([['play', 'sample', 3, 7, 12, 12]])
})

test('are held-out ones of a model without a policy, and of a source that nobody can play in', async () => {
  const asked: unknown[][] = []
  await unseenEpisodes(trainedModel(), sourceOf(asked), 3, 7)
  await unseenEpisodes(trainedModel({ policy: true }), sourceOf(asked, false), 2, 8)
  expect(asked).toEqual([
    ['heldOut', 3, 7],
    ['heldOut', 2, 8],
  ])
})

test('a return is played with mean actions', async () => {
  const asked: unknown[][] = []
  await playPolicy(trainedModel({ policy: true }), sourceOf(asked), { mode: 'mean', count: 10, seed: 1 })
  expect(asked).toEqual([['play', 'mean', 10, 1, 12, 12]])
})
