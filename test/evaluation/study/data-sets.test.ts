import { expect, test } from 'vitest'
import type { ActingPolicy } from '../../../src/episodes/sources/actions.ts'
import { meanReturn, noisy, playedOnce } from '../../../src/evaluation/study/data-sets.ts'
import { randomEpisode, temporaryFolder } from '../../runs/data.ts'

const policy: ActingPolicy = {
  act: async (observations) => ({ mean: observations.map((x) => 2 * x), std: observations.map(() => 9) }),
}
const seen = Float32Array.of(1, 2, 3, 4)

test('a data set of the policy has its means and noise of its own', async () => {
  const { mean, std } = await noisy(policy, { name: 'x', mean: 'policy', std: 0.25 }).act(seen, 1)
  expect([...mean]).toEqual([2, 4, 6, 8])
  expect([...std]).toEqual([0.25, 0.25, 0.25, 0.25])
})

test('an untrained policy aims at nothing', async () => {
  const { mean, std } = await noisy(policy, { name: 'x', mean: 'zero', std: 0.5 }).act(seen, 1)
  expect([...mean, ...std]).toEqual([0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5])
})

test('is played once; the last episodes are held out', async () => {
  const folder = temporaryFolder()
  const played = [5, 6, 7, 8].map((length) => randomEpisode(length, 'truncated', length))
  let opened = 0
  const open = async () => {
    opened++
    return { policy, source: { play: async () => played } }
  }
  const dataSet = { name: 'x', mean: 'policy' as const, std: 0.1 }
  const once = () => playedOnce(folder, dataSet, open, { episodes: 4, heldOut: 1, seed: 1 })
  const first = await once()
  expect(first.train.map(({ length }) => length)).toEqual([5, 6, 7])
  expect(first.heldOut.map(({ length }) => length)).toEqual([8])
  expect(await once()).toEqual(first)
  expect(opened).toBe(1)
})

test('the mean return is one of whole episodes', () => {
  const of = (...rewards: number[]) => ({
    ...randomEpisode(1, 'truncated'),
    rewards: Float32Array.from(rewards),
  })
  expect(meanReturn([of(1, 2), of(5)])).toBe(4)
})
