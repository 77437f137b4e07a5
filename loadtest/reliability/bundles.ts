// Hostile bundles dropped into the models folder of a running server, one after the other, under a little load; then a
// server that is started with all of them. What is good is served as if they were not there.
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { sum } from '../../src/common/statistics.ts'
import type { Bundle } from '../../src/registry/load.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { scrape } from '../server-metrics.ts'
import { socketDoor } from './door.ts'
import { HOSTILE, putHostile } from './hostile-bundles.ts'
import { modelOf } from './model.ts'
import { readiness } from './readiness.ts'
import { type ServerProcess, withServer } from './server-process.ts'
import { episodesOf, Stepper } from './stepper.ts'
import { quantile } from './sums.ts'

/** From the moment a bundle lies in the folder: the server looks every two seconds. */
const MOST_REFUSAL_MS = 5000
const MOST_HEALTH_MS = 100
const MOST_GAP_MS = 2000
const MOST_START_MS = 30_000
const PATIENCE_MS = 120_000
const SESSIONS = 4

export interface BundlesOptions {
  seed: number
  log: (line: string) => void
}

interface Refused {
  afterMs: number
  reason: string
}

export interface BundlesReport {
  refused: Record<string, Refused>
  /** of /healthz while they were there, milliseconds */
  healthMs: { p50: number; p99: number; max: number }
  /** longest time that a session stood still, milliseconds */
  longestGapMs: number
  steps: number
  /** until a server that is started with all of them listens, and until it serves the good model */
  startMs: { listens: number; serves: number }
  failures: string[]
}

export async function runBundles(options: BundlesOptions): Promise<BundlesReport> {
  const models = await mkdtemp(join(tmpdir(), 'dima-bundles-'))
  try {
    await cp('models', models, { recursive: true })
    const good = (await openRepository(models, KINDS)).resolve()
    const meanwhile = await dropIn(models, good, options)
    for (const name of HOSTILE) await putHostile(models, good, name)
    const started = await startBeside(models, options)
    return { ...meanwhile, ...started, failures: [...meanwhile.failures, ...started.failures] }
  } finally {
    await rm(models, { recursive: true, force: true })
  }
}

const settingsOf = (models: string) => ({
  settings: { MODELS: models, EXECUTORS: '2', LOG_LEVEL: 'info' },
})

async function dropIn(models: string, good: Bundle, { seed, log }: BundlesOptions) {
  return withServer(settingsOf(models), async (server) => {
    const ending = new AbortController()
    const steppers = await openSteppers(server, seed)
    const health: number[] = []
    const load = Promise.all([
      ...steppers.map((stepper) => stepper.run(ending.signal)),
      probe(server, health, ending.signal),
    ])
    await after(2000)
    for (const { gap } of steppers) gap.mark(performance.now())
    health.length = 0
    const refused: Record<string, Refused> = {}
    for (const name of HOSTILE) {
      refused[name] = await refusalOf(server, models, good, name)
      log(`${name}: refused after ${refused[name].afterMs} ms: ${refused[name].reason}`)
    }
    const longestGapMs = Math.round(Math.max(...steppers.map(({ gap }) => gap.read(performance.now()))))
    ending.abort()
    await load
    const restarts = [...(await scrape(server.url))].filter(([key]) =>
      key.startsWith('wm_executor_restarts_total'),
    )
    return conclude(refused, health, longestGapMs, steppers, restarts)
  })
}

async function openSteppers({ url }: ServerProcess, seed: number): Promise<Stepper[]> {
  const { agents, A } = await modelOf({ url })
  const door = await socketDoor({ url })
  return Array.from({ length: SESSIONS }, (_, i) => {
    const episodes = episodesOf(seed, i, 2, 15, [agents.length, A])
    return new Stepper({ door, episodes, patienceMs: PATIENCE_MS, turn: () => after(50) })
  })
}

async function probe({ url }: ServerProcess, health: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const began = performance.now()
    await (await fetch(`${url}/healthz`)).arrayBuffer()
    health.push(performance.now() - began)
    await after(20)
  }
}

/** It is taken away again, so that the next one has the server to itself. */
async function refusalOf(
  server: ServerProcess,
  models: string,
  good: Bundle,
  name: string,
): Promise<Refused> {
  const folder = await putHostile(models, good, name)
  const began = performance.now()
  const reason = await refusedIn(server, name)
  const afterMs = Math.round(performance.now() - began)
  await rm(folder, { recursive: true })
  return { afterMs, reason }
}

async function refusedIn({ trouble }: ServerProcess, name: string): Promise<string> {
  const limit = performance.now() + PATIENCE_MS
  for (;;) {
    const line = trouble.find(({ msg, reference }) => msg === 'refused' && reference === `${name}/1`)
    if (line) return String(line.reason)
    if (performance.now() > limit) return 'never'
    await after(10)
  }
}

function conclude(
  refused: Record<string, Refused>,
  health: number[],
  longestGapMs: number,
  steppers: Stepper[],
  restarts: [string, number][],
) {
  const at = (q: number) => Math.round(quantile(health, q))
  const healthMs = { p50: at(0.5), p99: at(0.99), max: at(1) }
  const failures = steppers.flatMap(({ report }) => report.wrong)
  for (const [name, { afterMs }] of Object.entries(refused))
    if (afterMs > MOST_REFUSAL_MS) failures.push(`${name} was refused only after ${afterMs} ms`)
  if (healthMs.p99 > MOST_HEALTH_MS) failures.push(`/healthz has a p99 of ${healthMs.p99} ms`)
  if (longestGapMs > MOST_GAP_MS) failures.push(`a session stood still for ${longestGapMs} ms`)
  for (const { report } of steppers)
    if (Object.keys(report.refused).length > 0) failures.push(`steps failed: ${Object.keys(report.refused)}`)
  for (const [key, value] of restarts) if (value > 0) failures.push(`${key} is ${value}`)
  const steps = sum(steppers.map(({ report }) => report.commits))
  return { refused, healthMs, longestGapMs, steps, failures }
}

async function startBeside(models: string, { log }: BundlesOptions) {
  const began = performance.now()
  const since = () => Math.round(performance.now() - began)
  return withServer(settingsOf(models), async (server) => {
    const listens = since()
    while (!(await readiness(server)) && since() < PATIENCE_MS) await after(20)
    const serves = since()
    log(`started with all of them: listens after ${listens} ms, serves after ${serves} ms`)
    const failures = serves > MOST_START_MS ? [`the good model was served only after ${serves} ms`] : []
    for (const name of HOSTILE)
      if ((await refusedIn(server, name)) === 'never') failures.push(`${name} was not refused at the start`)
    if (!(await readiness(server))) failures.push('the server is not ready at the end')
    return { startMs: { listens, serves }, failures }
  })
}
