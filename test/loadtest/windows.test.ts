import { expect, test } from 'vitest'
import { Samples } from '../../loadtest/samples.ts'
import { failed } from '../../loadtest/target.ts'
import { isStable, measureUntilStable, rateBetween } from '../../loadtest/windows.ts'

test('three windows in a row near their mean are stable', () => {
  expect(isStable([100, 100])).toBe(false)
  expect(isStable([100, 105, 95])).toBe(true)
  expect(isStable([50, 100, 105, 95])).toBe(true)
  expect(isStable([100, 105, 80])).toBe(false)
})

test('where nothing is answered there is no use in going on', () => {
  expect(isStable([0, 0, 0])).toBe(true)
})

test('the rate counts good answers of an interval', () => {
  const samples = new Samples()
  const answer = { code: 'ok', steps: 1, queueMs: 0, computeMs: 0, totalMs: 0 }
  for (const done of [90, 100, 150, 200]) samples.end(samples.begin(0, 0), answer, done)
  samples.end(samples.begin(0, 0), failed('overloaded'), 150)
  expect(rateBetween(samples, 100, 200)).toBe(20)
})

test('measuring ends when time is up, and gives the last three windows', async () => {
  const samples = new Samples()
  let answers = 1
  const answer = { code: 'ok', steps: 1, queueMs: 0, computeMs: 0, totalMs: 0 }
  const growing = setInterval(() => {
    for (let i = 0; i < answers; i++) samples.end(samples.begin(0, 0), answer)
    answers *= 2
  }, 2)
  const { from, to, stable, rates } = await measureUntilStable(samples, {
    warmUpMs: 0,
    windowMs: 5,
    mostMs: 20,
  })
  clearInterval(growing)
  expect(rates).toHaveLength(4)
  expect(stable).toBe(false)
  expect(to - from).toBeGreaterThanOrEqual(14)
})
