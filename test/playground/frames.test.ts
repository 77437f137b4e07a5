// How often what shows numbers hears of pictures.
import { afterEach, expect, test, vi } from 'vitest'
import { Frames } from '../../src/playground/hooks/frames.ts'

afterEach(() => vi.unstubAllGlobals())

/** Words during a second of pictures, one every so many milliseconds. */
function wordsOf(everyMs: number): number {
  let next: ((now: number) => void) | undefined
  vi.stubGlobal('requestAnimationFrame', (draw: typeof next) => {
    next = draw
    return 1
  })
  let words = 0
  const frames = new Frames(() => true)
  frames.watch(() => words++)
  frames.wake()
  for (let now = 1000; now < 2000; now += everyMs) next!(now)
  return words
}

test('ten times a second, and of slow pictures every fourth', () => {
  expect(wordsOf(10)).toBe(10)
  expect(wordsOf(100)).toBe(2)
})

test('at once when nothing moves any more', () => {
  let next: ((now: number) => void) | undefined
  vi.stubGlobal('requestAnimationFrame', (draw: typeof next) => {
    next = draw
    return 1
  })
  let [moves, words] = [true, 0]
  const frames = new Frames(() => moves)
  frames.watch(() => words++)
  frames.wake()
  for (const now of [1000, 1016]) next!(now)
  const before = words
  moves = false
  next!(1033)
  expect(words).toBe(before + 1)
})
