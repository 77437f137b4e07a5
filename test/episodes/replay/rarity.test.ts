// How often final epochs draw from each episode.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import type { Episode } from '../../../src/episodes/replay/episode.ts'
import { episodeWeights } from '../../../src/episodes/replay/rarity.ts'
import { Replay } from '../../../src/episodes/replay/replay.ts'
import { RunningStatistics } from '../../../src/episodes/statistics.ts'
import { blankEpisode } from '../../runs/data.ts'

/** Two entries around a centre. */
function around(centre: readonly number[], length: number): Episode {
  const rng = new Rng('around', ...centre, length)
  const states = Float64Array.from(
    { length: 2 * (length + 1) },
    (_, i) => centre[i % 2]! + 0.01 * rng.normal(),
  )
  return { ...blankEpisode(length), states }
}

function weightsOf(episodes: Episode[], by: 'even' | 'rare') {
  const statistics = new RunningStatistics(2)
  for (const episode of episodes) statistics.update(episode)
  return episodeWeights(episodes, statistics, by)
}

const usual = Array.from({ length: 9 }, () => around([0, 0], 100))

test('even: every step counts alike, so episodes count by their lengths', () => {
  expect(weightsOf([around([0, 0], 30), around([5, 1], 90)], 'even')).toEqual([30, 90])
})

test('rare: an episode of other states counts for more, step by step, and the usual ones alike', () => {
  const weights = weightsOf([...usual, around([8, 8], 100)], 'rare')
  expect(new Set(weights.slice(0, 9)).size).toBe(1)
  // rarities (10/9)^√2 = 1.161 and 10^√2 = 25.95: 3.64 on the average; so 0.32 and 7.13 times that, within bounds
  expect([weights[0], weights[9]]).toEqual([50, 400])
})

test('rare: other in one entry of two is less rare than other in both, and nothing is worth more than four', () => {
  const one = weightsOf([...usual, around([8, 0], 100)], 'rare')
  const both = weightsOf([...usual, around([8, 8], 100)], 'rare')
  expect(one[9]! / one[0]!).toBeGreaterThan(1.5)
  expect(one[9]! / one[0]!).toBeLessThan(both[9]! / both[0]!)
  const odd = weightsOf([...Array.from({ length: 99 }, () => usual[0]!), around([80, 80], 100)], 'rare')
  expect(odd[99]!).toBe(400)
})

test('windows are drawn as often as the weights say, the first episodes as well as the last', () => {
  const replay = new Replay(1e6)
  for (const length of [50, 50, 50, 50, 50]) replay.add(blankEpisode(length))
  const weights = [1, 3, 1, 1, 2]
  const rng = new Rng('windows')
  const counts = [0, 0, 0, 0, 0]
  for (let i = 0; i < 8000; i++) counts[replay.window(rng, 4, weights).episode]!++
  for (const [i, count] of counts.entries()) expect(count / 8000).toBeCloseTo(weights[i]! / 8, 1)
})
