import { expect, test } from 'vitest'
import { PhaseClock } from '../../src/runs/phase-clock.ts'

test('passes on what a phase gives, and its failure; both count', async () => {
  const clock = new PhaseClock()
  expect(await clock.time('collect', async () => 7)).toBe(7)
  await expect(
    clock.time('save', async () => {
      throw new Error('the disk is full')
    }),
  ).rejects.toThrow('the disk is full')
  expect(Object.keys(clock.read())).toEqual(['seconds', 'cpu_seconds', 'seconds_collect', 'seconds_save'])
})

test('a phase that comes again adds to its first time', async () => {
  const clock = new PhaseClock()
  const wait = () => new Promise((resolve) => setTimeout(resolve, 5))
  await clock.time('imagine', wait)
  const once = clock.read().seconds_imagine!
  await clock.time('imagine', wait)
  expect(clock.read().seconds_imagine).toBeGreaterThan(once)
})
