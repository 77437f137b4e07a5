// What is said while nothing is heard of a run, on a clock of the test's own.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Heartbeat, withStatus } from '../../src/runs/heartbeat.ts'
import type { Progress } from '../../src/runs/progress.ts'
import { createReporter } from '../../src/runs/progress.ts'
import { RunProgress } from '../../src/runs/run-progress.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function log() {
  const written: string[] = []
  const stream = { isTTY: false, write: (text: string) => written.push(text) }
  const reporter = createReporter(stream as unknown as NodeJS.WriteStream)
  const lines = () => written.map((line) => line.replace(/^\S+ /, '').trim())
  return { reporter, lines }
}

test('what takes long is said again with how long it has taken', async () => {
  const { reporter, lines } = log()
  const compiled = withStatus(
    reporter,
    'compiling denoiser',
    () => new Promise((done) => setTimeout(done, 40_000)),
  )
  await vi.advanceTimersByTimeAsync(40_000)
  await compiled
  expect(lines()).toEqual(['compiling denoiser', 'compiling denoiser for 15s', 'compiling denoiser for 30s'])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(lines().length).toBe(3)
})

test('it counts from its beginning, and something else from its own', () => {
  const said: string[] = []
  const heartbeat = new Heartbeat()
  const on = (label: string) => heartbeat.on(label, (words) => said.push(words))
  on('trains')
  vi.advanceTimersByTime(1500)
  on('trains') // news of it
  vi.advanceTimersByTime(1500)
  on('imagines')
  vi.advanceTimersByTime(3000)
  heartbeat.stop()
  vi.advanceTimersByTime(9000)
  expect(said).toEqual(['trains for 2s', 'trains for 3s', 'imagines for 2s', 'imagines for 3s'])
})

// Ten calls of 20 updates and 30 seconds each: an epoch of five minutes, the last of two.
test('calls of many updates: what goes on is said while they run, and the time left is right after the first', () => {
  const shown: Progress[] = []
  const { reporter } = log()
  const progress = new RunProgress({ ...reporter, update: (one) => void shown.push(one) })
  const milestone = (share: number) => ({ label: 'epoch 1 trains', epoch: 1, share, left: 1, steps: 0 })
  progress.pace.begin()
  progress.begin(milestone(0))
  vi.advanceTimersByTime(20_000)
  expect(shown.at(-1)).toMatchObject({ label: 'epoch 1 trains for 20s', secondsLeft: Number.NaN })
  vi.advanceTimersByTime(10_000)
  progress.report(milestone(0.1))
  expect(shown.at(-1)).toMatchObject({ label: 'epoch 1 trains', secondsLeft: expect.closeTo(570, 6) })
  vi.advanceTimersByTime(20_000)
  expect(shown.at(-1)).toMatchObject({ label: 'epoch 1 trains for 50s', secondsLeft: expect.closeTo(550, 6) })
  progress.stop()
})
