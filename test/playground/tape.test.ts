// The tape: rings of what was imagined and what was true, and what the camera looks at.
import { describe, expect, test } from 'vitest'
import { Frame } from '../../src/playground/scene/frame.ts'
import { GhostTape } from '../../src/playground/tape/ghost-tape.ts'
import { apart, disagreement } from '../../src/playground/tape/measures.ts'
import { Tape } from '../../src/playground/tape/tape.ts'

const step = (tape: Tape, x: number) => tape.step([x], x, 0, { actions: [x], reward: 1, end: 0 })

describe('the tape', () => {
  test('keeps the latest entries, and counts on', () => {
    const tape = new Tape(4, 1, 1)
    tape.begin([0], 0, 0)
    for (let x = 1; x < 10; x++) step(tape, x)
    expect([tape.first, tape.end, tape.has(5), tape.has(6)]).toEqual([6, 10, false, true])
    expect([6, 7, 8, 9].map((entry) => tape.state(entry)[0])).toEqual([6, 7, 8, 9])
    expect(tape.begins(8)).toBe(false) // where the first one stood
    expect(tape.at('sum', 9)).toBe(9)
  })

  test('sums go on through episodes, and those of truth begin where the imagined one stands', () => {
    const tape = new Tape(10, 1, 1)
    tape.begin([0], 0, 0)
    step(tape, 1)
    tape.begin([5], 5, 0)
    step(tape, 6)
    expect(tape.at('sum', 3)).toBe(2)
    tape.setTruth(2, [5], 5, 0, Number.NaN)
    tape.setTruth(3, [6], 6, 0, 2)
    expect([tape.at('trueSum', 2), tape.at('trueSum', 3), tape.hasTruth(1)]).toEqual([1, 3, false])
    expect(tape.begin([7], 7, 0) && tape.at('trueSum', 4)).toBe(3)
  })

  test('moves truth to where the imagined robot is, all that belongs together', () => {
    const tape = new Tape(10, 1, 1)
    tape.begin([0], 0, 0)
    for (let x = 1; x < 5; x++) step(tape, x)
    for (const entry of [0, 2, 3]) tape.setTruth(entry, [0], entry + 2, 1, 0)
    tape.meet(3)
    expect([0, 2, 3].map((entry) => tape.at('trueX', entry))).toEqual([2, 2, 3])
    expect([2, 3].map((entry) => tape.at('trueY', entry))).toEqual([0, 0])
    tape.meet(4)
    expect(tape.hasTruth(4)).toBe(false)
  })
})

test('futures are apart as those are that go on', () => {
  const ghosts = new GhostTape(3, 2, 7)
  ghosts.append()
  for (const [ghost, state] of [
    [0, 2],
    [2, 2],
    [100, 100],
  ].entries())
    ghosts.set(7, ghost, state, 0, 0, ghost)
  ghosts.stop(2, 6)
  ghosts.settle(7)
  const edges = (of: number) => ([0, 1] as const).map((end) => ghosts.edge(7, of, end))
  expect([0, 1, -1].map(edges)).toEqual([
    [0, 2],
    [2, 2],
    [0, 1],
  ])
  expect(disagreement(ghosts, 7, [0.5, 1])).toBe(1)
  ghosts.stop(1, 6)
  expect(disagreement(ghosts, 7, [0.5, 1])).toBeNaN()
  expect(apart([0, 1], [1, 3], [0.5, 1])).toBe(2)
})

describe('the camera looks', () => {
  test('between who is near, and sees as far as they are apart', () => {
    const frame = new Frame(4)
    frame.begin(10, 0)
    expect(frame.look).toEqual({ x: 10, y: 0, apart: 0 })
    frame.add(12, 0)
    frame.add(11, 0)
    expect(frame.look).toEqual({ x: 11, y: 0, apart: 2 })
    frame.add(7, 4)
    expect(frame.look).toEqual({ x: 9.5, y: 2, apart: Math.hypot(5, 4) })
  })

  test('but never so far that the imagined robot is small', () => {
    const frame = new Frame(4)
    frame.begin(0, 0)
    frame.add(1000, 0)
    expect(frame.look.apart).toBeCloseTo(4.4)
    frame.begin(1, 1)
    expect(frame.look).toEqual({ x: 1, y: 1, apart: 0 })
  })
})
