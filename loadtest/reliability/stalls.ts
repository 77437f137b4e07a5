// Storms of costly bodies and frames, one after the other, while another client asks whether the server lives: none of
// them may keep it waiting, fill the memory or put off the end.
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { setTimeout as after } from 'node:timers/promises'
import { startWorker } from '../../src/common/start-worker.ts'
import { residentMiB } from './processes.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { STORMS, type Storm } from './stalls/storms.ts'
import { quantile } from './sums.ts'

interface Waiting {
  answers: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

type Row = { storm: string; others: Waiting; growthMiB: number }

export interface StallsReport {
  /** before the first storm */
  quiet: Waiting
  rows: Row[]
  /** from SIGTERM to the end, with what the last storms left open */
  stopMs: number
  exitCode: number | null
  /** of the machine while it was measured, over one minute: more than its cores is a busy one */
  loadAverage: number
  failures: string[]
}

const MOST_P99_MS = 100
/** Fewer say nothing of a percentile, or that nobody was answered. */
const FEWEST_ANSWERS = 30
/** One key may have half of UNFINISHED_BODIES_BYTES, and parsing needs as much again. */
const MOST_GROWTH_MIB = 600
const MOST_STOP_MS = 5000
const QUIET_MS = 3000

export async function runStalls({ log }: { log: (line: string) => void }): Promise<StallsReport> {
  const server = await startServer({ settings: { EXECUTORS: '1' } })
  const probe = startWorker('./stalls/probe-thread', import.meta.url, { workerData: { url: server.url } })
  const read = async (): Promise<Waiting> => {
    probe.postMessage('read')
    const [times] = (await once(probe, 'message')) as [number[]]
    return waiting(times)
  }
  try {
    await after(QUIET_MS / 2)
    await read() // the first ones are slow
    await after(QUIET_MS)
    const quiet = await read()
    log(`quiet: ${JSON.stringify(quiet)}`)
    const rows: Row[] = []
    for (const storm of STORMS) {
      rows.push(await measure(storm, server, read))
      log(`${storm.name}: ${JSON.stringify(rows.at(-1)!.others)}, ${rows.at(-1)!.growthMiB} MiB`)
    }
    const loadAverage = Math.round(10 * loadavg()[0]!) / 10
    await probe.terminate()
    return conclude({ quiet, rows, loadAverage, ...(await stop(server)) })
  } finally {
    await probe.terminate()
    await server.stop()
  }
}

const held: { destroy(): void }[] = []

async function measure(storm: Storm, server: ServerProcess, read: () => Promise<Waiting>): Promise<Row> {
  const before = residentMiB(server.pid)
  let most = before
  const watch = setInterval(() => (most = Math.max(most, residentMiB(server.pid))), 50)
  await read()
  held.push(...(await storm.run(server.url)))
  const others = await read()
  clearInterval(watch)
  return { storm: storm.name, others, growthMiB: Math.round(most - before) }
}

async function stop(server: ServerProcess): Promise<{ stopMs: number; exitCode: number | null }> {
  const began = performance.now()
  const exitCode = await server.stop()
  const stopMs = Math.round(performance.now() - began)
  for (const socket of held.splice(0)) socket.destroy()
  return { stopMs, exitCode }
}

function waiting(times: readonly number[]): Waiting {
  const ms = (q: number) => Math.round(10 * quantile(times, q)) / 10
  return { answers: times.length, p50Ms: ms(0.5), p99Ms: ms(0.99), maxMs: ms(1) }
}

function conclude(report: Omit<StallsReport, 'failures'>): StallsReport {
  const failures = report.rows.flatMap(({ storm, others, growthMiB }) => [
    ...(others.answers < FEWEST_ANSWERS ? [`${storm}: only ${others.answers} answers were measured`] : []),
    ...(others.p99Ms > MOST_P99_MS ? [`${storm}: others waited ${others.p99Ms} ms`] : []),
    ...(growthMiB > MOST_GROWTH_MIB ? [`${storm}: memory grew by ${growthMiB} MiB`] : []),
  ])
  const { stopMs, exitCode } = report
  if (stopMs > MOST_STOP_MS) failures.push(`the end took ${stopMs} ms`)
  if (exitCode !== 0) failures.push(`the exit code was ${exitCode}`)
  return { ...report, failures }
}
