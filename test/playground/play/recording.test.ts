import { expect, test } from 'vitest'
import type { Mixed } from '../../../src/playground/actors/mixer.ts'
import { Recording } from '../../../src/playground/play/recording.ts'
import { MOST_STEPS, Steps } from '../../../src/playground/play/steps.ts'

const OWN = { kind: 'own' } as const

const stepOf = (i: number): Mixed => ({
  levels: Uint8Array.of(i % 251, Math.floor(i / 251) % 251),
  acting: i % 3 === 0 ? undefined : { mode: i % 3 === 1 ? 'mean' : 'sample', agents: [i % 2] },
})

const stepsOf = (count: number): Mixed[] => Array.from({ length: count }, (_, i) => stepOf(i))

test('steps are as they were, who acted and with which levels', () => {
  const steps = new Steps()
  for (const step of stepsOf(300)) steps.push(step)
  expect(steps.first(300)).toEqual(stepsOf(300))
  expect(steps.first(2)).toEqual(stepsOf(2))
  steps.cut(100)
  steps.push(stepOf(7))
  expect(steps.first(1000)).toEqual([...stepsOf(100), stepOf(7)])
})

test('an episode without end keeps what a link holds and its latest steps, in arrays that grow no more', () => {
  const steps = new Steps()
  for (let i = 0; i < 3 * MOST_STEPS; i++) steps.push(stepOf(i))
  const all = steps.first(steps.length)
  expect(all.slice(0, MOST_STEPS)).toEqual(stepsOf(MOST_STEPS))
  expect(all.slice(-1000)).toEqual(stepsOf(3 * MOST_STEPS).slice(-1000))
  const bytes = Object.values(steps).reduce(
    (sum, one) => sum + (ArrayBuffer.isView(one) ? one.byteLength : 0),
    0,
  )
  expect(bytes).toBe((MOST_STEPS + 1000) * 4)
})

test('older episodes are forgotten, the latest never', () => {
  const recording = new Recording()
  for (const seed of [1, 2, 3]) {
    recording.begin(OWN, seed)
    for (const step of stepsOf(MOST_STEPS / 2)) recording.add(step)
  }
  expect(recording.segments.map(({ seed, steps }) => [seed, steps.length])).toEqual([
    [2, MOST_STEPS / 2],
    [3, MOST_STEPS / 2],
  ])
  recording.cut(5)
  expect(recording.segments.at(-1)).toEqual({ seed: 3, start: OWN, steps: stepsOf(5) })
  recording.begin(OWN, 4)
  for (const step of stepsOf(MOST_STEPS + 10)) recording.add(step)
  expect(recording.segments).toEqual([{ seed: 4, start: OWN, steps: stepsOf(MOST_STEPS) }])
})
