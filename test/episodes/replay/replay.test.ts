import { expect, test } from 'vitest'
import { Replay } from '../../../src/episodes/replay/replay.ts'
import { blankEpisode, blankReplay } from '../../runs/data.ts'

test('finds the place of every flat index', () => {
  const replay = blankReplay([3, 1, 4])
  const places = Array.from({ length: replay.size }, (_, index) => replay.place(index))
  expect(places.map(({ episode, t }) => `${episode}:${t}`)).toEqual([
    '0:0',
    '0:1',
    '0:2',
    '1:0',
    '2:0',
    '2:1',
    '2:2',
    '2:3',
  ])
})

test('drops the oldest whole episodes beyond the capacity', () => {
  const replay = blankReplay([4, 5, 6], 12)
  expect(replay.episodes.map(({ length }) => length)).toEqual([5, 6])
  expect([replay.size, replay.dropped]).toEqual([11, 4])
  expect(replay.place(5)).toEqual({ episode: 1, t: 0 })
  replay.add(blankEpisode(12))
  expect(replay.episodes.map(({ length }) => length)).toEqual([12])
  expect([replay.size, replay.dropped]).toEqual([12, 15])
})

test('keeps exactly its capacity, and an episode longer than it', () => {
  expect(blankReplay([6, 6], 12).size).toBe(12)
  const replay = new Replay(5)
  replay.add(blankEpisode(9))
  expect(replay.size).toBe(9)
})
