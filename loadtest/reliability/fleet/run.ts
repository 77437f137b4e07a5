// Three servers behind HAProxy with one store, sessions that step through them, and what happens to servers and store
// meanwhile. Nothing may be lost or done twice, and every number must be that of one server that nothing happens to.
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { DimaError } from '../../../src/common/errors.ts'
import { openRepository } from '../../../src/registry/repository.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { modelOf } from '../model.ts'
import { withServer } from '../server-process.ts'
import { type Counts, type Planned, scheduleOf, strike } from './faults.ts'
import { Fleet, SERVERS, settingsFor } from './fleet.ts'
import { missingProxy } from './proxy.ts'
import { hasRedis } from './redis-server.ts'
import { compare, conclude, type FleetReport, feltOf, nameOf, type Struck } from './report.ts'
import { Walker } from './walker.ts'

export interface FleetOptions {
  /** models folder, of which the first model is used. Default: the shipped default model alone */
  models?: string
  sessions: number
  counts: Counts
  seed: number
  /** that a session may stand still */
  mostGapMs: number
  log: (line: string) => void
  /** What was felt so far, after each fault. Default: nobody is told */
  record?: (soFar: Pick<FleetReport, 'servers' | 'sessions' | 'faults' | 'failures'>) => void
}

/** Twenty steps a second, as robots are controlled. */
const PAUSE_MS = 50
/** Before the first fault and after the last. */
const QUIET_MS = 500
const RECOVERY_MS = 60_000

/** Why none can be started here, or undefined. */
export const missing = missingProxy ?? (hasRedis ? undefined : 'redis-server is not installed')

/** Throws DimaError `invalid_config` where something that it needs is missing. */
export async function runFleet(options: FleetOptions): Promise<FleetReport> {
  if (missing) throw new DimaError('invalid_config', `a fleet needs redis-server and haproxy: ${missing}`)
  if (options.models !== undefined) return runWith(options.models, options)
  const models = await mkdtemp(join(tmpdir(), 'dima-fleet-'))
  try {
    const { directory, name, version } = (await openRepository('models', KINDS)).resolve()
    await cp(directory, join(models, name, version), { recursive: true })
    return await runWith(models, options)
  } finally {
    await rm(models, { recursive: true, force: true })
  }
}

async function runWith(models: string, options: FleetOptions): Promise<FleetReport> {
  const from = performance.now()
  const { walkers, struck } = await disturbed(models, options)
  const seconds = (performance.now() - from) / 1000
  options.log(`all servers have ended; the same steps on one server, undisturbed ...`)
  const truth = await undisturbed(models, walkers, options)
  const comparison = compare(
    walkers.map(({ answers }) => answers),
    truth.map(({ answers }) => answers),
  )
  const { mostGapMs } = options
  const report = conclude({ servers: SERVERS, seconds, struck, walkers, comparison, mostGapMs })
  const wrong = truth.flatMap((walker) => walker.wrong.map((text) => `undisturbed: ${text}`))
  return { ...report, failures: [...report.failures, ...wrong] }
}

async function disturbed(models: string, options: FleetOptions) {
  const fleet = await Fleet.start(models)
  try {
    const walkers = await openWalkers(fleet, options, PAUSE_MS)
    const ending = new AbortController()
    const walking = Promise.all(walkers.map((walker) => walker.run(ending.signal)))
    await after(QUIET_MS)
    const struck = await strikeAll(fleet, walkers, options)
    await after(QUIET_MS)
    ending.abort()
    await walking
    return { walkers, struck }
  } finally {
    await fleet.stop()
  }
}

async function openWalkers(
  at: { url: string },
  { sessions, seed }: FleetOptions,
  pauseMs: number,
): Promise<Walker[]> {
  const { agents, A } = await modelOf(at)
  const shape = [agents.length, A] as const
  const open = (_: unknown, index: number) => Walker.open({ url: at.url, seed, index, shape, pauseMs })
  return Promise.all(Array.from({ length: sessions }, open))
}

async function strikeAll(
  fleet: Fleet,
  walkers: Walker[],
  { counts, seed, log, record }: FleetOptions,
): Promise<Struck[]> {
  const struck: Struck[] = []
  const all = scheduleOf(seed, counts)
  for (const planned of all) {
    await after(planned.pauseMs)
    const { server, gaps } = await feel(fleet, walkers, planned)
    struck.push({ ...planned, gaps })
    const done = `${struck.length} of ${all.length}`
    log(`${done}: ${nameOf(planned)}, server ${server}, longest gap ${Math.max(...gaps).toFixed(0)} ms`)
    const failures = [...walkers.flatMap(({ wrong }) => wrong), `ended after ${done} faults`]
    record?.({ servers: SERVERS, sessions: walkers.length, faults: feltOf(struck), failures })
    if (walkers.some(({ wrong }) => wrong.length > 0)) break // the rest would say no more
  }
  return struck
}

async function feel(fleet: Fleet, walkers: Walker[], planned: Planned) {
  const at = performance.now()
  for (const { gap } of walkers) gap.mark(at)
  const server = await strike(fleet, planned)
  await fleet.whole()
  while (!walkers.every(({ gap, wrong }) => gap.moved || wrong.length > 0)) {
    if (performance.now() - at > RECOVERY_MS) throw new Error('the sessions do not go on')
    await after(5)
  }
  const now = performance.now()
  return { server, gaps: walkers.map(({ gap }) => gap.read(now)) }
}

/** As many steps of each session, one after the other as fast as they go. */
const undisturbed = (models: string, walkers: Walker[], options: FleetOptions): Promise<Walker[]> =>
  withServer({ settings: settingsFor(models) }, async (server) => {
    const again = await openWalkers(server, options, 0)
    const never = new AbortController().signal
    await Promise.all(again.map((walker, i) => walker.run(never, walkers[i]!.answers.length)))
    return again
  })
