// One load test from beginning to end: open the target, run a loop, measure, close, put the figures together.
import { gapsOf } from './arrivals.ts'
import type { Flags } from './flags.ts'
import { closedLoop, openLoop } from './loops.ts'
import { Samples } from './samples.ts'
import { figuresBetween, type ServerFigures, scrape } from './server-metrics.ts'
import { type Summary, summarise } from './summary.ts'
import type { Target } from './target.ts'
import type { Server } from './targets/rest.ts'
import { openRollouts } from './targets/rollout.ts'
import { openSessionSteps } from './targets/session.ts'
import { openStream } from './targets/stream.ts'
import { measureUntilStable } from './windows.ts'

export interface Result extends Summary {
  stable: boolean
  /** answered well per second, window by window */
  windowRates: number[]
  server: ServerFigures
}

/** What is still unanswered so long after the last request counts as unanswered. */
const PATIENCE_MS = 5000

export async function measure(flags: Flags): Promise<Result> {
  const { url, key } = flags
  const target = await openTarget(flags)
  const samples = new Samples()
  const before = await scrape(url, key)
  const began = performance.now()
  const loop =
    flags.mode === 'closed'
      ? closedLoop(target, samples)
      : openLoop(target, samples, gapsOf(flags.arrivals, flags.rate))
  const { from, to, stable, rates } = await measureUntilStable(samples, {
    warmUpMs: flags.warmUp * 1000,
    windowMs: flags.window * 1000,
    mostMs: flags.seconds * 1000,
  })
  const after = await scrape(url, key)
  const seconds = (performance.now() - began) / 1000
  await loop.stop(PATIENCE_MS + 2 * flags.objectiveMs)
  await target.close()
  return {
    ...summarise(samples, from, to, flags.objectiveMs),
    stable,
    windowRates: rates,
    server: figuresBetween(before, after, seconds),
  }
}

function openTarget(flags: Flags): Promise<Target> {
  const { kind, model, concurrency: slots, rows, horizon, sockets } = flags
  const server = serverOf(flags)
  if (kind === 'rollout') return openRollouts(server, { model, callers: slots, rows, horizon })
  if (kind === 'session') return openSessionSteps(server, { model, sessions: slots })
  return openStream(server, { model, slots, sockets, ...(kind === 'vector' ? { rows } : {}) })
}

const serverOf = ({ url, key, encoding }: Flags): Server => ({
  url: url.replace(/\/$/, ''),
  encoding,
  ...(key ? { key } : {}),
})
