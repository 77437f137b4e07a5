// Thousands of requests and frames that are wrong in thousands of ways: the server stays up and well, and what it says
// is what it documents.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sum } from '../../src/common/statistics.ts'
import { addKey } from '../../src/server/auth/key-file.ts'
import { scrape } from '../server-metrics.ts'
import type { Address } from './door.ts'
import { type Case, caseOf } from './fuzz/cases.ts'
import { judge } from './fuzz/check.ts'
import { type FuzzTarget, healthOf, plant, STRANGERS } from './fuzz/health.ts'
import { openMouth } from './fuzz/mouth.ts'
import { preview, previewOf } from './fuzz/preview.ts'
import type { Answer } from './fuzz/send.ts'
import { startServer } from './server-process.ts'

export interface FuzzOptions {
  seed: number
  /** number of the first case */
  first: number
  cases: number
  /** cases at once */
  callers: number
  /** the server's health is looked at after so many cases */
  checkEvery: number
  log: (line: string) => void
}

export interface FuzzReport {
  cases: number
  /** by kind of case */
  kinds: Record<string, number>
  /** by code, `ok` where it was right after all */
  outcomes: Record<string, number>
  healthChecks: number
  failures: string[]
}

const KEPT_FAILURES = 50

/** Limits that small cases can reach. */
const SETTINGS = {
  EXECUTORS: '2',
  MAX_BATCH: '64',
  BODY_LIMIT_BYTES: '1048576',
  FRAME_LIMIT_BYTES: '262144',
  IDLE_TIMEOUT_SECONDS: '20',
}

export async function fuzzServer(options: FuzzOptions): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), 'dima-fuzz-'))
  const keys = join(folder, 'keys.json')
  const key = await addKey(keys, { id: 'fuzzer', scopes: ['read', 'rollout', 'session', 'admin'] })
  const strangerKey = await addKey(keys, { id: 'stranger', scopes: ['read', 'session'] })
  const server = await startServer({ settings: { ...SETTINGS, KEYS: keys } })
  try {
    const report = await fuzz({ url: server.url, key, strangerKey }, options)
    const restarts = await executorRestarts({ url: server.url, key })
    if (restarts > 0) report.failures.push(`${restarts} executors ended`)
    if (!server.alive()) report.failures.push('the server has ended')
    for (const { msg, err } of server.trouble.filter(({ level }) => level >= 50))
      report.failures.push(`the log has an error: ${msg} ${JSON.stringify(err ?? '').slice(0, 500)}`)
    return report
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function executorRestarts({ url, key }: Address): Promise<number> {
  const series = [...(await scrape(url, key))].filter(([name]) =>
    name.startsWith('wm_executor_restarts_total'),
  )
  return sum(series.map(([, restarts]) => restarts))
}

export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> {
  const strangers = await plant(target)
  const health = await healthOf(target, strangers)
  const report: FuzzReport = { cases: 0, kinds: {}, outcomes: {}, healthChecks: 0, failures: [] }
  const checkHealth = async () => {
    report.healthChecks++
    for (const wrong of await health()) report.failures.push(`after ${report.cases} cases: ${wrong}`)
  }
  const secrets = [...strangers.map(({ session_id }) => session_id), target.strangerKey]
  const end = options.first + options.cases
  let next = options.first
  let checking: Promise<void> | undefined
  const caller = async (): Promise<void> => {
    const mouth = openMouth(target, (answer) => note(report, -1, undefined, answer, secrets))
    while (next < end && report.failures.length < KEPT_FAILURES) {
      const number = next++
      const one = caseOf(
        options.seed,
        number,
        await mouth.known(strangers[number % STRANGERS]!.session_id),
        target.key,
      )
      for (const answer of await mouth.say(one)) note(report, number, one, answer, secrets)
      report.cases++
      count(report.kinds, one.kind)
      if (report.cases % options.checkEvery === 0) {
        await checking
        checking = checkHealth()
        options.log(`${report.cases} cases, ${report.failures.length} failures`)
      }
    }
    mouth.close()
  }
  await Promise.all(Array.from({ length: options.callers }, caller))
  await checking
  await checkHealth()
  return report
}

function note(
  report: FuzzReport,
  number: number,
  one: Case | undefined,
  answer: Answer,
  secrets: string[],
): void {
  const { outcome, wrong } = judge(one ?? NOTHING, answer, secrets)
  if (one && outcome !== 'event') count(report.outcomes, outcome)
  for (const what of wrong)
    if (report.failures.length < KEPT_FAILURES)
      report.failures.push(`case ${number}: ${what} | sent ${preview(one)} | got ${previewOf(answer)}`)
}

/** For what comes unasked. */
const NOTHING: Case = { kind: 'frame', data: Buffer.alloc(0), binary: false }

const count = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1
}
