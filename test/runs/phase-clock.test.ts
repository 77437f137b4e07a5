import { setTimeout } from 'node:timers/promises'
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
  const phases = ['seconds_collect', 'seconds_save', 'cpu_seconds_collect', 'cpu_seconds_save']
  expect(Object.keys(clock.read())).toEqual(['seconds', 'cpu_seconds', 'idle_seconds', ...phases])
})

test('a phase that comes again adds to its first time', async () => {
  const clock = new PhaseClock()
  const wait = () => setTimeout(5)
  await clock.time('imagine', wait)
  const once = clock.read().seconds_imagine!
  await clock.time('imagine', wait)
  expect(clock.read().seconds_imagine).toBeGreaterThan(once)
})

test('parts of a phase and what is noted stand beside it', async () => {
  const clock = new PhaseClock()
  const draw = () => clock.part('decoder_draw', () => until(performance.now() + 5))
  await clock.time('world_model', async () => draw())
  const once = clock.read().decoder_draw_seconds!
  draw()
  clock.note({ decoder_calls: 2 })
  clock.note({ denoiser_calls: 3 })
  const { decoder_draw_seconds: twice, ...read } = clock.read()
  expect(once).toBeGreaterThanOrEqual(0.005)
  expect(Math.round((twice! - once) * 1000)).toBeGreaterThanOrEqual(5) // of milliseconds: 0.012 + 0.005 is more than 0.017
  expect(read).toMatchObject({ decoder_calls: 2, denoiser_calls: 3 })
})

test('waiting for others is idle, computing is not', async () => {
  const computing = new PhaseClock()
  until(performance.now() + 60)
  const { idle_seconds: none } = computing.read()
  expect(none).toBeLessThan(0.06)
  // On a busy machine a wait may be over before this thread has come to it: then it was none.
  const waiting = new PhaseClock()
  const idle = () => waiting.read().idle_seconds!
  await expect.poll(idle, { interval: 20, timeout: 30_000 }).toBeGreaterThan(none!)
})

test('says what the processors did in a phase', async () => {
  const clock = new PhaseClock()
  await clock.time('waits', () => setTimeout(60))
  await clock.time('computes', async () => {
    for (const { user } = process.cpuUsage(); process.cpuUsage().user - user < 300_000; ); // other threads of the process count, too
  })
  const { cpu_seconds_waits: waits, cpu_seconds_computes: computes } = clock.read()
  expect(computes).toBeGreaterThanOrEqual(0.3)
  expect(waits).toBeLessThan(computes!)
})

const until = (time: number): void => {
  while (performance.now() < time);
}
