// method.md 2.9: how windows are drawn from the stored episodes.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import type { Replay, Window } from '../../../src/episodes/replay/replay.ts'
import { expectNear } from '../../common/close.ts'
import { blankReplay } from '../../runs/data.ts'

const RECENCY = [0.1, 0.1, 0.1, 0.7]
const SIZE = 6

function draw(replay: Replay, count = 20_000, recency: number[] = RECENCY): Window[] {
  const rng = new Rng('windows')
  return Array.from({ length: count }, () => replay.window(rng, SIZE, recency))
}

const shares = (windows: Window[], episodes: number) =>
  Array.from(
    { length: episodes },
    (_, e) => windows.filter(({ episode }) => episode === e).length / windows.length,
  )

test('the newest quarter of the episodes gets 70 %, each other quarter 10 %', () => {
  const found = shares(draw(blankReplay(Array(8).fill(50))), 8)
  for (const [e, share] of found.entries()) expectNear(share, e < 6 ? 0.05 : 0.35, 0.01)
})

test('groups of unequal size cover every episode once', () => {
  const found = shares(draw(blankReplay(Array(6).fill(50))), 6) // groups of 1, 2, 1, 2
  for (const [e, share] of found.entries()) expectNear(share, [0.1, 0.05, 0.05, 0.1, 0.35, 0.35][e]!, 0.01)
})

test('recency does not depend on the length of the episodes', () => {
  const found = shares(draw(blankReplay([500, 5, 500, 5])), 4)
  for (const [e, share] of found.entries()) expectNear(share, RECENCY[e]!, 0.01)
})

test('fewer episodes than groups are drawn in proportion to their length', () => {
  const found = shares(draw(blankReplay([100, 300, 200])), 3)
  for (const [e, share] of found.entries()) expectNear(share, [1 / 6, 1 / 2, 1 / 3][e]!, 0.015)
})

test('a window ends inside the episode, at every state it can', () => {
  const length = 10
  const ends = draw(blankReplay([length])).map(({ start }) => start + SIZE)
  expect(Math.min(...ends)).toBe(1)
  expect(Math.max(...ends)).toBe(length + 1) // states, one more than transitions
  expect(new Set(ends).size).toBe(length + 1)
})

test('end = min(length, t + 1 + U{0..5}) with t uniform', () => {
  const states = 11
  const expected = new Float64Array(states + 1)
  for (let t = 0; t < states; t++)
    for (let u = 0; u < SIZE; u++) expected[Math.min(states, t + 1 + u)]! += 1 / states / SIZE
  const windows = draw(blankReplay([states - 1]))
  for (let end = 1; end <= states; end++)
    expectNear(
      windows.filter(({ start }) => start + SIZE === end).length / windows.length,
      expected[end]!,
      0.012,
    )
})

test('an episode shorter than the window is padded on the left', () => {
  const starts = draw(blankReplay([2]), 200).map(({ start }) => start)
  expect(starts.every((start) => start < 0)).toBe(true)
})

test('draws are a function of the random stream', () => {
  const replay = blankReplay([20, 30, 40, 50, 60])
  expect(draw(replay, 50)).toEqual(draw(replay, 50))
})
