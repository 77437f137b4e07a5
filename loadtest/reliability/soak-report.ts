// What a soak found, and what must not be in it.
import { scrape } from '../server-metrics.ts'
import { type Growth, isFlat } from './memory.ts'
import type { ServerProcess } from './server-process.ts'
import { PASSING } from './stepper.ts'
import type { Totals } from './totals.ts'

export interface SoakReport {
  minutes: number
  warmUpMinutes: number
  /** visits by kind */
  visits: Record<string, number>
  wellBehaved: Totals
  /** by reason, as the server counts them */
  socketsClosed: Record<string, number>
  sessionsClosed: Record<string, number>
  /** after the idle time-out */
  left: { sessions: number; sockets: number; pending: number; files: number }
  memory: {
    /** of the server after a collection of its garbage: what it really holds */
    kept: Kept
    /** as it is, the heap's breath included */
    server: Growth
    executors: Growth[]
    /** every sample, in words */
    series: string[]
  }
  failures: string[]
}

export interface Kept {
  firstMiB: number
  lastMiB: number
  growthMiB: number
}

export const MOST_GROWTH_MIB = 20
/** File descriptors that come and go by themselves. */
export const MOST_FILES = 10

export async function closings({ url }: ServerProcess) {
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

export function judge({ left, memory, wellBehaved, socketsClosed }: Omit<SoakReport, 'failures'>): string[] {
  const failures: string[] = []
  const expect = (right: boolean, otherwise: string) => void (right || failures.push(otherwise))
  expect(left.sessions === 0, `${left.sessions} sessions are left`)
  expect(left.sockets === 0, `${left.sockets} sockets are left`)
  expect(left.pending === 0, `${left.pending} requests are left`)
  expect(left.files <= MOST_FILES, `${left.files} files are left`)
  expect(memory.kept.growthMiB <= MOST_GROWTH_MIB, `the server kept ${memory.kept.growthMiB} MiB`)
  for (const growth of [memory.server, ...memory.executors])
    expect(isFlat(growth, MOST_GROWTH_MIB), `a process grew by ${growth.growthMiB} MiB`)
  const others = Object.keys(wellBehaved.refused).filter((code) => !PASSING.includes(code))
  expect(others.length === 0, `well-behaved clients were refused: ${others}`)
  for (const reason of ['lost', 'slow', 'client'])
    expect((socketsClosed[reason] ?? 0) > 0, `no socket was closed as ${reason}: the soak was too mild`)
  return failures
}

export function judgeServer(server: ServerProcess): string[] {
  const errors = server.trouble
    .filter(({ level }) => level >= 50)
    .map(({ msg }) => `the log has an error: ${msg}`)
  return server.alive() ? errors : [...errors, 'the server has ended']
}
