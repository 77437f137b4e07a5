// Time: the picture goes at the model's rate, and steps are asked for as they are needed.
import { describe, expect, test } from 'vitest'
import { Pace } from '../../../src/playground/play/pace.ts'

const FRAME_MS = 10

/** Pictures for so long, with so many entries there. */
function watch(pace: Pace, ms: number, latest: number, from = 0): number {
  for (let now = from; now <= from + ms; now += FRAME_MS) pace.advance(now, latest)
  return from + ms
}

describe('the picture', () => {
  test('goes at the rate of the model, faster or slower as is chosen, and no further than there is', () => {
    const pace = new Pace(0.05)
    let now = watch(pace, 1000, 100)
    expect(pace.playhead).toBeCloseTo(20)
    pace.speed = 0.5
    now = watch(pace, 1000, 100, now)
    expect(pace.playhead).toBeCloseTo(30)
    watch(pace, 1000, 32, now)
    expect(pace.playhead).toBe(32)
  })

  test('does not catch up after a pause, nor after a picture that took long', () => {
    const pace = new Pace(0.05)
    watch(pace, 100, 100)
    pace.pause()
    expect(pace.advance(60_000, 100)).toBe(false)
    pace.advance(90_000, 100)
    expect(pace.playhead).toBeCloseTo(4)
  })

  test('knows how much slower than the robot it is', () => {
    const pace = new Pace(0.05)
    for (let now = 1; now < 3000; now += FRAME_MS) pace.advance(now, Math.floor(now / 100))
    expect(pace.factor).toBeCloseTo(0.5, 1)
    pace.pause()
    expect(pace.factor).toBeUndefined()
  })
})

test('a step is wanted before it is needed, the earlier the longer answers take, two at once at most', () => {
  const pace = new Pace(0.05)
  pace.seek(10)
  expect([pace.wants(10, 0), pace.wants(11, 0), pace.wants(10, 2)]).toEqual([true, false, false])
  for (let i = 0; i < 100; i++) pace.answered(80)
  expect([pace.wants(11, 1), pace.wants(12, 1)]).toEqual([true, false])
})
