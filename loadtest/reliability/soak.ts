// Minutes of clients that misbehave, beside some that do not: afterwards nothing is left of them, and the memory of the
// server is what it was.
import { readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { Rng } from '../../src/common/rng.ts'
import { scrape } from '../server-metrics.ts'
import { type Door, restDoor, socketDoor } from './door.ts'
import * as hostile from './hostile.ts'
import { type Growth, growthOf, isFlat, type Sample } from './memory.ts'
import { modelOf } from './model.ts'
import { residentMiB } from './processes.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { episodesOf, PASSING, Stepper } from './stepper.ts'
import { sumByKey } from './sums.ts'

export interface SoakOptions {
  minutes: number
  seed: number
  /** the server leaks on purpose: the soak must fail */
  leak: boolean
  log: (line: string) => void
}

export interface SoakReport {
  minutes: number
  warmUpMinutes: number
  /** visits by kind */
  visits: Record<string, number>
  wellBehaved: {
    commits: number
    episodes: number
    repeatedSteps: number
    refused: Record<string, number>
    deviation: number
  }
  /** by reason, as the server counts them */
  socketsClosed: Record<string, number>
  sessionsClosed: Record<string, number>
  /** after the idle time-out */
  left: { sessions: number; sockets: number; pending: number; files: number }
  memory: { server: Growth; executors: Growth[]; samples: Sample[] }
  failures: string[]
}

const IDLE_SECONDS = 10
const PING_SECONDS = 2
const SETTINGS = {
  EXECUTORS: '2',
  IDLE_TIMEOUT_SECONDS: String(IDLE_SECONDS),
  PING_SECONDS: String(PING_SECONDS),
  SLOW_CLIENT_MS: '2000',
  SEND_BUFFER_BYTES: '262144',
}
const MOST_WARM_UP_MINUTES = 2
const SAMPLES_AFTER_WARM_UP = 16
/** Without clients before memory is read. */
const PAUSE_MS = 3000
const MOST_GROWTH_MIB = 20
/** File descriptors that come and go by themselves. */
const MOST_FILES = 10
const STEPPERS = 8

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const preload = options.leak ? { preload: resolve(import.meta.dirname, 'leak.mjs') } : {}
  const server = await startServer({ settings: SETTINGS, ...preload })
  try {
    return await soak(server, options)
  } finally {
    await server.stop()
  }
}

/** Passes when the soak of a server that leaks fails, and for that reason. */
export async function proveLeakIsSeen(options: Omit<SoakOptions, 'leak'>) {
  const { memory } = await runSoak({ ...options, leak: true })
  const seen = !isFlat(memory.server, MOST_GROWTH_MIB)
  return { minutes: options.minutes, memory, failures: seen ? [] : ['the leak was not noticed'] }
}

async function soak(server: ServerProcess, options: SoakOptions): Promise<SoakReport> {
  const { minutes, seed, log } = options
  const warmUpMinutes = Math.min(MOST_WARM_UP_MINUTES, (2 / 3) * minutes)
  const files = filesOf(server)
  const pause = new Pause()
  const ending = new AbortController()
  const doors = await openDoors(server)
  const steppers = await openSteppers(server, doors, pause, seed)
  const guests = new Guests(server, pause, ending.signal)
  const running = [...steppers.map((stepper) => stepper.run(ending.signal)), ...(await guests.invite(seed))]
  const samples = await sampleMemory(server, pause, { minutes, warmUpMinutes, log })
  ending.abort()
  await Promise.all(running)
  for (const door of doors) door.close()
  const left = await waitForNobody(server, files)
  guests.leave() // those that are half open were held until now
  const memory = memoryOf(samples, warmUpMinutes * 60)
  const wellBehaved = summary(steppers)
  const counted = await closings(server)
  const report = { minutes, warmUpMinutes, visits: guests.visits, wellBehaved, ...counted, left, memory }
  const wrong = [...steppers.flatMap((stepper) => stepper.report.wrong), ...guests.surprises]
  return { ...report, failures: [...wrong, ...judge(report), ...judgeServer(server)] }
}

/** Stops everyone for a moment, so that memory is read without requests under way. */
class Pause {
  private closed: Promise<void> = Promise.resolve()
  private open: () => void = () => {}

  passed(): Promise<void> {
    return this.closed
  }

  begin(): void {
    this.closed = new Promise((resolve) => {
      this.open = resolve
    })
  }

  end(): void {
    this.open()
  }
}

const openDoors = ({ url }: ServerProcess): Promise<Door[]> =>
  Promise.all(
    Array.from({ length: STEPPERS }, (_, i): Promise<Door> | Door =>
      i % 2 ? socketDoor({ url }) : restDoor({ url }),
    ),
  )

async function openSteppers(
  { url }: ServerProcess,
  doors: Door[],
  pause: Pause,
  seed: number,
): Promise<Stepper[]> {
  const { agents, A } = await modelOf({ url })
  return doors.map((door, i) => {
    const episodes = episodesOf(seed, i, 2, 15, [agents.length, A])
    return new Stepper({ door, episodes, patienceMs: 5000, turn: () => pause.passed() })
  })
}

/** Those that leave their connection open give it to us. */
type Visit = (visitor: hostile.Visitor) => Promise<Socket | undefined>

/** Milliseconds between two visits of a kind. */
const VISITS: [name: keyof typeof hostile & string, everyMs: number][] = [
  ['vanish', 150],
  ['halfOpen', 1000],
  ['readSlowly', 4000],
  ['abandon', 100],
  ['branch', 500],
  ['giveUp', 700],
  ['cancel', 1000],
  ['storm', 5000],
]

class Guests {
  readonly visits: Record<string, number> = {}
  readonly surprises: string[] = []
  private readonly server: ServerProcess
  private readonly pause: Pause
  private readonly ending: AbortSignal
  private readonly held: Socket[] = []

  constructor(server: ServerProcess, pause: Pause, ending: AbortSignal) {
    this.server = server
    this.pause = pause
    this.ending = ending
  }

  /** One that comes again and again for each kind of visit. */
  async invite(seed: number): Promise<Promise<void>[]> {
    const { url } = this.server
    const { agents, A, S } = await modelOf({ url })
    const visitor = {
      address: { url },
      action: agents.map(() => Array<number>(A).fill(0.1)), // [N, A]
      state: Array<number>(S).fill(0),
    }
    return VISITS.map(([name, everyMs]) =>
      this.comeAgain(name, everyMs, { ...visitor, rng: new Rng(seed, name) }),
    )
  }

  leave(): void {
    for (const socket of this.held.splice(0)) socket.destroy()
  }

  private async comeAgain(name: string, everyMs: number, visitor: hostile.Visitor): Promise<void> {
    const visit = (hostile as unknown as Record<string, Visit>)[name]!
    const visits: Promise<void>[] = []
    while (!this.ending.aborted) {
      await this.pause.passed()
      this.visits[name] = (this.visits[name] ?? 0) + 1
      const visited = visit(visitor).then(
        (socket) => this.hold(socket),
        (error: unknown) => this.note(name, error),
      )
      visits.push(visited)
      if (visits.length > 100) await Promise.all(visits.splice(0))
      await after(everyMs * (0.5 + visitor.rng.uniform()))
    }
    await Promise.all(visits)
  }

  /** Longer than the server should bear it. */
  private hold(socket: Socket | undefined): void {
    if (!socket) return
    this.held.push(socket)
    if (this.held.length > 20) this.held.shift()!.destroy()
  }

  private note(name: string, error: unknown): void {
    if (!hostile.isExpected(error)) this.surprises.push(`${name}: ${error}`)
  }
}

async function sampleMemory(
  server: ServerProcess,
  pause: Pause,
  { minutes, warmUpMinutes, log }: { minutes: number; warmUpMinutes: number; log: SoakOptions['log'] },
): Promise<Sample[]> {
  const began = performance.now()
  const everyMs = ((minutes - warmUpMinutes) * 60_000) / SAMPLES_AFTER_WARM_UP
  const samples: Sample[] = []
  const take = async (atMs: number) => {
    await after(Math.max(0, atMs - PAUSE_MS - (performance.now() - began)))
    pause.begin()
    await after(PAUSE_MS)
    const sample = look(server, (performance.now() - began) / 1000)
    pause.end()
    samples.push(sample)
    log(
      `${sample.seconds} s: server ${sample.serverMiB} MiB, executors ${sample.executorsMiB.join(' and ')} MiB`,
    )
  }
  for (let i = 0; i <= SAMPLES_AFTER_WARM_UP; i++) await take(warmUpMinutes * 60_000 + i * everyMs)
  return samples
}

const look = (server: ServerProcess, seconds: number): Sample => ({
  seconds: Math.round(seconds),
  serverMiB: Math.round(residentMiB(server.pid) * 10) / 10,
  executorsMiB: server.executors().map((pid) => Math.round(residentMiB(pid) * 10) / 10),
})

const memoryOf = (samples: Sample[], from: number): SoakReport['memory'] => ({
  server: growthOf(samples, ({ serverMiB }) => serverMiB, from),
  executors: samples[0]!.executorsMiB.map((_, i) =>
    growthOf(samples, (one) => one.executorsMiB[i] ?? 0, from),
  ),
  samples,
})

/** What is there when everyone has had time to be forgotten. */
async function waitForNobody(server: ServerProcess, filesBefore: number): Promise<SoakReport['left']> {
  const limit = performance.now() + (IDLE_SECONDS + 2 * PING_SECONDS + 10) * 1000
  for (;;) {
    const series = await scrape(server.url)
    const sum = (name: string) =>
      [...series].filter(([key]) => key.startsWith(name)).reduce((total, [, value]) => total + value, 0)
    const [sessions, sockets] = [sum('wm_sessions_open'), sum('wm_sockets_open')]
    const pending = sum('wm_pending_requests')
    const files = filesOf(server) - filesBefore
    const nobody = sessions + sockets + pending === 0 && files <= MOST_FILES
    if (nobody || performance.now() > limit) return { sessions, sockets, pending, files }
    await after(500)
  }
}

/** Connections are files. */
const filesOf = ({ pid }: ServerProcess): number => readdirSync(`/proc/${pid}/fd`).length

function summary(steppers: Stepper[]): SoakReport['wellBehaved'] {
  const reports = steppers.map(({ report }) => report)
  return {
    commits: reports.reduce((sum, { commits }) => sum + commits, 0),
    episodes: reports.reduce((sum, { episodes }) => sum + episodes, 0),
    repeatedSteps: reports.reduce((sum, { repeated }) => sum + repeated, 0),
    refused: sumByKey(reports.map(({ refused }) => refused)),
    deviation: Math.max(...reports.map(({ deviation }) => deviation)),
  }
}

async function closings({ url }: ServerProcess) {
  const series = [...(await scrape(url))]
  const byReason = (name: string) =>
    Object.fromEntries(
      series
        .filter(([key, value]) => key.startsWith(`${name}{`) && value > 0)
        .map(([key, value]) => [/reason="(\w+)"/.exec(key)?.[1] ?? key, value]),
    )
  return {
    socketsClosed: byReason('wm_sockets_closed_total'),
    sessionsClosed: byReason('wm_sessions_closed_total'),
  }
}

function judge({ left, memory, wellBehaved, socketsClosed }: Omit<SoakReport, 'failures'>): string[] {
  const failures: string[] = []
  const expect = (right: boolean, otherwise: string) => void (right || failures.push(otherwise))
  expect(left.sessions === 0, `${left.sessions} sessions are left`)
  expect(left.sockets === 0, `${left.sockets} sockets are left`)
  expect(left.pending === 0, `${left.pending} requests are left`)
  expect(left.files <= MOST_FILES, `${left.files} files are left`)
  for (const growth of [memory.server, ...memory.executors])
    expect(isFlat(growth, MOST_GROWTH_MIB), `a process grew by ${growth.growthMiB} MiB`)
  const others = Object.keys(wellBehaved.refused).filter((code) => !PASSING.includes(code))
  expect(others.length === 0, `well-behaved clients were refused: ${others}`)
  for (const reason of ['lost', 'slow', 'client'])
    expect((socketsClosed[reason] ?? 0) > 0, `no socket was closed as ${reason}: the soak was too mild`)
  return failures
}

function judgeServer(server: ServerProcess): string[] {
  const errors = server.trouble
    .filter(({ level }) => level >= 50)
    .map(({ msg }) => `the log has an error: ${msg}`)
  return server.alive() ? errors : [...errors, 'the server has ended']
}
