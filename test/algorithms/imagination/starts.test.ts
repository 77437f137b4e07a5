import { describe, expect, test } from 'vitest'
import { drawStarts } from '../../../src/algorithms/imagination/starts.ts'
import { Rng } from '../../../src/common/rng.ts'
import { dims, randomData } from '../../runs/data.ts'

const { context: L, agents: N, action: A, state: S } = dims
const joint = N * A
const RECENCY = [0.1, 0.1, 0.1, 0.7]
const COUNT = 3000

/** Lengths of episodes that end in turn by failure and by the time limit. */
const { replay } = randomData([3, 1, 5, 2, 4, 6])
const draw = (count = COUNT, key = 1) =>
  drawStarts(replay, new Rng(key), count, { recency: RECENCY, startDiscount: 1 }, dims)
const starts = draw()

const text = (values: Float64Array) => values.join(' ')
const recorded = new Map(
  replay.episodes.flatMap(({ states, length }, e) =>
    Array.from(
      { length: length + 1 },
      (_, t) => [text(states.subarray(t * S, (t + 1) * S)), { e, t }] as const,
    ),
  ),
)

/** The window of a row without its padding, and where in which episode it ends. */
function windowOf(row: number) {
  const length = starts.windows[row]!
  const states = starts.states.subarray(((row + 1) * L - length) * S, (row + 1) * L * S)
  return { length, states, ...recorded.get(text(states.subarray(-S)))! }
}
const windows = Array.from({ length: COUNT }, (_, row) => windowOf(row))

test('every window is a piece of one episode, with the joint actions between its states', () => {
  for (const [row, { length, states, e, t }] of windows.entries()) {
    const episode = replay.episodes[e]!
    const first = t - length + 1
    expect(first).toBeGreaterThanOrEqual(0)
    expect([...states]).toEqual([...episode.states.subarray(first * S, (t + 1) * S)])
    const actions = starts.pastActions.subarray(
      ((row + 1) * (L - 1) - (length - 1)) * joint,
      (row + 1) * (L - 1) * joint,
    )
    expect([...actions]).toEqual([...episode.actions.subarray(first * joint, t * joint)])
  }
})

test('windows are shorter only where the episode begins, and padded with zeros on the left', () => {
  expect(new Set(starts.windows)).toEqual(new Set([1, 2, 3]))
  for (const [row, { length, t }] of windows.entries()) {
    expect(length).toBe(Math.min(L, t + 1))
    const padding = starts.states.subarray(row * L * S, ((row + 1) * L - length) * S)
    const unset = starts.pastActions.subarray(
      row * (L - 1) * joint,
      ((row + 1) * (L - 1) - (length - 1)) * joint,
    )
    expect([...padding, ...unset].every((value) => value === 0)).toBe(true)
  }
})

describe('the last state of an episode', () => {
  const ends = windows.filter(({ e, t }) => t === replay.episodes[e]!.length)

  test('starts nothing where the environment failed in it', () => {
    expect(ends.filter(({ e }) => replay.episodes[e]!.terminated)).toEqual([])
  })

  test('is a start like any other where the time was up', () => {
    expect(new Set(ends.map(({ e }) => e))).toEqual(new Set([1, 3, 5]))
  })
})

test('all other states start some window, the newest episodes more of them', () => {
  const places = new Set(windows.map(({ e, t }) => `${e} ${t}`))
  const all = replay.episodes.flatMap(({ length, terminated }, e) =>
    Array.from({ length: terminated ? length : length + 1 }, (_, t) => `${e} ${t}`),
  )
  expect([...places].sort()).toEqual(all.sort())
  const newest = windows.filter(({ e }) => e >= 4).length // the last of four groups, drawn with 0.7
  expect(newest / COUNT).toBeGreaterThan(0.6)
})

test('the same stream draws the same starts, another others', () => {
  expect(draw(20)).toEqual(draw(20))
  expect(draw(20, 2)).not.toEqual(draw(20))
})

test('with a discount a start counts the less the later it is', () => {
  const long = randomData([40, 40, 40, 40]).replay
  const { states } = drawStarts(long, new Rng(3), COUNT, { recency: RECENCY, startDiscount: 0.9 }, dims)
  const times = new Map(
    long.episodes.flatMap(({ states: own, length }) =>
      Array.from({ length: length + 1 }, (_, t) => [text(own.subarray(t * S, (t + 1) * S)), t] as const),
    ),
  )
  const drawn = Array.from(
    { length: COUNT },
    (_, row) => times.get(text(states.subarray(((row + 1) * L - 1) * S, (row + 1) * L * S)))!,
  )
  // A window ends up to L - 1 states after the time that was drawn.
  const below = (time: number) => (1 - 0.9 ** time) / (1 - 0.9 ** 41)
  const expected = (below(10) + below(9) + below(8)) / L
  expect(drawn.filter((t) => t < 10).length / COUNT).toBeCloseTo(expected, 1) // 0.62; drawn alike 0.22
  expect(Math.max(...drawn)).toBeLessThanOrEqual(40)
})
