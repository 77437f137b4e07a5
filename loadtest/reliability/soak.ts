// Minutes of clients that misbehave, beside some that do not: afterwards nothing is left of them, and the memory of the
// server is what it was.
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { sum } from '../../src/common/statistics.ts'
import { scrape } from '../server-metrics.ts'
import { type Door, restDoor, socketDoor } from './door.ts'
import { Guests, Pause } from './guests.ts'
import { growthOf, type Sample } from './memory.ts'
import { modelOf } from './model.ts'
import { residentMiB } from './processes.ts'
import { type ServerProcess, withServer } from './server-process.ts'
import {
  closings,
  judge,
  judgeServer,
  type Kept,
  MOST_FILES,
  MOST_GROWTH_MIB,
  type SoakReport,
} from './soak-report.ts'
import { episodesOf, Stepper } from './stepper.ts'
import { totalsOf } from './totals.ts'

export interface SoakOptions {
  minutes: number
  seed: number
  /** the server leaks on purpose: the soak must fail */
  leak: boolean
  log: (line: string) => void
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
/** Pause without clients before memory is read. */
const PAUSE_MS = 3000
/** Time for a collection, and for the system to take the pages back. */
const COLLECTION_MS = 2000
const STEPPERS = 8

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const preload = ['collect.mjs', ...(options.leak ? ['leak.mjs'] : [])].map(beside)
  return withServer({ settings: SETTINGS, preload }, (server) => soak(server, options))
}

const beside = (module: string): string => resolve(import.meta.dirname, module)

/** Passes when the soak of a server that leaks fails, and for that reason. */
export async function proveLeakIsSeen(options: Omit<SoakOptions, 'leak'>) {
  const { memory } = await runSoak({ ...options, leak: true })
  const seen = memory.kept.growthMiB > MOST_GROWTH_MIB
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
  const guests = new Guests(server.url, pause, ending.signal)
  const running = [...steppers.map((stepper) => stepper.run(ending.signal)), ...(await guests.invite(seed))]
  const { samples, kept } = await sampleMemory(server, pause, { minutes, warmUpMinutes, log })
  ending.abort()
  await Promise.all(running)
  for (const door of doors) door.close()
  const left = await waitForNobody(server, files)
  guests.leave() // those that are half open were held until now
  const memory = { ...memoryOf(samples, warmUpMinutes * 60), kept }
  const wellBehaved = totalsOf(steppers)
  const counted = await closings(server)
  const report = { minutes, warmUpMinutes, visits: guests.visits, wellBehaved, ...counted, left, memory }
  const wrong = [...steppers.flatMap((stepper) => stepper.report.wrong), ...guests.surprises]
  return { ...report, failures: [...wrong, ...judge(report), ...judgeServer(server)] }
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

async function sampleMemory(
  server: ServerProcess,
  pause: Pause,
  { minutes, warmUpMinutes, log }: { minutes: number; warmUpMinutes: number; log: SoakOptions['log'] },
): Promise<{ samples: Sample[]; kept: Kept }> {
  const began = performance.now()
  const everyMs = ((minutes - warmUpMinutes) * 60_000) / SAMPLES_AFTER_WARM_UP
  const samples: Sample[] = []
  const kept: number[] = []
  const take = async (i: number) => {
    const atMs = warmUpMinutes * 60_000 + i * everyMs
    await after(Math.max(0, atMs - PAUSE_MS - (performance.now() - began)))
    pause.begin()
    await after(PAUSE_MS)
    const sample = look(server, (performance.now() - began) / 1000)
    // Only at both ends: in between the heap breathes as it does in use.
    if (i === 0 || i === SAMPLES_AFTER_WARM_UP) kept.push(await afterCollection(server))
    pause.end()
    samples.push(sample)
    log(lineOf(sample))
  }
  for (let i = 0; i <= SAMPLES_AFTER_WARM_UP; i++) await take(i)
  const [firstMiB, lastMiB] = [kept[0]!, kept[1]!]
  return { samples, kept: { firstMiB, lastMiB, growthMiB: tenths(lastMiB - firstMiB) } }
}

/** Resident memory of the server when it has collected its garbage. */
async function afterCollection({ pid }: ServerProcess): Promise<number> {
  process.kill(pid, 'SIGUSR2')
  await after(COLLECTION_MS)
  return tenths(residentMiB(pid))
}

const tenths = (x: number): number => Math.round(x * 10) / 10

const look = (server: ServerProcess, seconds: number): Sample => ({
  seconds: Math.round(seconds),
  serverMiB: tenths(residentMiB(server.pid)),
  executorsMiB: server.executors().map((pid) => tenths(residentMiB(pid))),
})

const memoryOf = (samples: Sample[], from: number): Omit<SoakReport['memory'], 'kept'> => ({
  server: growthOf(samples, ({ serverMiB }) => serverMiB, from),
  executors: samples[0]!.executorsMiB.map((_, i) =>
    growthOf(samples, (one) => one.executorsMiB[i] ?? 0, from),
  ),
  series: samples.map(lineOf),
})

const lineOf = ({ seconds, serverMiB, executorsMiB }: Sample): string =>
  `${seconds} s: server ${serverMiB} MiB, executors ${executorsMiB.join(' and ')} MiB`

/** What is there when everyone has had time to be forgotten. */
async function waitForNobody(server: ServerProcess, filesBefore: number): Promise<SoakReport['left']> {
  const limit = performance.now() + (IDLE_SECONDS + 2 * PING_SECONDS + 10) * 1000
  for (;;) {
    const series = await scrape(server.url)
    const total = (name: string) =>
      sum([...series].filter(([key]) => key.startsWith(name)).map(([, value]) => value))
    const [sessions, sockets] = [total('wm_sessions_open'), total('wm_sockets_open')]
    const pending = total('wm_pending_requests')
    const files = filesOf(server) - filesBefore
    const nobody = sessions + sockets + pending === 0 && files <= MOST_FILES
    if (nobody || performance.now() > limit) return { sessions, sockets, pending, files }
    await after(500)
  }
}

/** Connections are files. */
const filesOf = ({ pid }: ServerProcess): number => readdirSync(`/proc/${pid}/fd`).length
