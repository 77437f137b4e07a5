// How often what shows numbers hears of pictures.
import { expect, test } from 'vitest'
import { Slowly } from '../../src/playground/hooks/slowly.ts'

/** How often in a second of pictures, one every so many milliseconds. */
function timesOf(everyMs: number): number {
  const slowly = new Slowly()
  let times = 0
  for (let now = 1000; now < 2000; now += everyMs) if (slowly.isDue(now, true)) times++
  return times
}

test('ten times a second, and of slow pictures every fourth', () => {
  expect(timesOf(10)).toBe(10)
  expect(timesOf(100)).toBe(2)
})

test('at once when nothing moves any more', () => {
  const slowly = new Slowly()
  expect([slowly.isDue(1000, true), slowly.isDue(1016, true), slowly.isDue(1033, false)]).toEqual([
    false,
    false,
    true,
  ])
})
