// method.md 1: p(start) in proportion to exp(-visits/20), none twice in a batch.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { VisitSampler } from '../../../src/episodes/replay/replay.ts'
import { expectNear } from '../../common/close.ts'
import { blankEpisode, blankReplay } from '../../runs/data.ts'

test('no index comes twice in a batch, even when the batch is the whole replay', () => {
  const replay = blankReplay([20, 30])
  const sampler = new VisitSampler()
  for (const batch of [10, 49, 50]) {
    const drawn = sampler.draw(replay, new Rng('draw', batch), batch)
    expect(new Set(drawn).size).toBe(batch)
    expect(drawn.every((index) => index >= 0 && index < 50)).toBe(true)
  }
})

test('a batch larger than the replay is the whole replay', () => {
  expect(new VisitSampler().draw(blankReplay([6]), new Rng(1), 10).sort()).toEqual([0, 1, 2, 3, 4, 5])
})

test('counts every visit once', () => {
  const sampler = new VisitSampler()
  const replay = blankReplay([40])
  const seen = new Int32Array(40)
  for (let i = 0; i < 30; i++) for (const index of sampler.draw(replay, new Rng(i), 7)) seen[index]!++
  expect(sampler.visits).toEqual(seen)
})

test('probabilities fall with the visits as exp(-visits / 20)', () => {
  const replay = blankReplay([3])
  const counts = [0, 0, 0]
  for (let i = 0; i < 10_000; i++) {
    const sampler = new VisitSampler()
    sampler.restore(Int32Array.of(1000, 1020, 1040), replay)
    counts[sampler.draw(replay, new Rng('p', i), 1)[0]!]!++
  }
  const total = 1 + Math.exp(-1) + Math.exp(-2)
  for (const [i, count] of counts.entries()) expectNear(count / 10_000, Math.exp(-i) / total, 0.015)
})

test('visits even out', () => {
  const replay = blankReplay([50])
  const sampler = new VisitSampler()
  for (let i = 0; i < 1000; i++) sampler.draw(replay, new Rng('even', i), 5)
  expect(sampler.visits.reduce((a, b) => a + b, 0)).toBe(5000)
  expect(Math.max(...sampler.visits) - Math.min(...sampler.visits)).toBeLessThan(35) // uniform draws: about 45
})

test('a span never runs past the end', () => {
  const replay = blankReplay([10, 12])
  const sampler = new VisitSampler()
  const starts = new Set(Array.from({ length: 60 }, (_, i) => sampler.draw(replay, new Rng(i), 6, 15)).flat())
  expect([...starts].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('new transitions start unvisited, those of dropped episodes take their counts along', () => {
  const replay = blankReplay([4, 5], 12)
  const sampler = new VisitSampler()
  sampler.restore(Int32Array.of(1, 2, 3, 4, 11, 12, 13, 14, 15), replay)
  replay.add(blankEpisode(6)) // 4 + 5 + 6 > 12: the first episode leaves
  const [drawn] = sampler.draw(replay, new Rng(0), 1)
  const expected = Int32Array.of(11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0)
  expected[drawn!]!++
  expect(sampler.visits).toEqual(expected)
})

test('counts survive a drop of more than was ever counted', () => {
  const replay = blankReplay([4], 6)
  const sampler = new VisitSampler()
  sampler.draw(replay, new Rng(0), 4)
  replay.add(blankEpisode(5))
  replay.add(blankEpisode(6))
  sampler.draw(replay, new Rng(1), 6)
  expect(sampler.visits).toEqual(new Int32Array(6).fill(1))
})

test('restored counters draw as the ones that were saved', () => {
  const replay = blankReplay([8, 9, 10], 22)
  const original = new VisitSampler()
  for (let i = 0; i < 20; i++) original.draw(replay, new Rng(i), 5)
  const restored = new VisitSampler()
  restored.restore(original.visits.slice(), replay)
  replay.add(blankEpisode(7))
  for (let i = 0; i < 5; i++)
    expect(restored.draw(replay, new Rng('on', i), 5)).toEqual(original.draw(replay, new Rng('on', i), 5))
  expect(restored.visits).toEqual(original.visits)
})
