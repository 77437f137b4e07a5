// Thousands of requests and frames that are wrong in thousands of ways: the server stays up and well, and what it says
// is what it documents.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SessionState, Snapshot } from '../../src/api/sessions.ts'
import { addKey } from '../../src/server/auth/key-file.ts'
import { scrape } from '../server-metrics.ts'
import { type Address, type Door, Refused, restDoor } from './door.ts'
import { type Case, caseOf } from './fuzz/cases.ts'
import { judge } from './fuzz/check.ts'
import type { Known } from './fuzz/requests.ts'
import { type Answer, FrameSender, httpSender, sendRaw } from './fuzz/send.ts'
import { modelOf } from './model.ts'
import { readiness } from './readiness.ts'
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

/** A server with two keys: ours, and that of somebody else whose sessions nobody should hear of. */
export interface FuzzTarget {
  url: string
  key: string
  strangerKey: string
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
/** Cases after which a caller looks again how its session stands. */
const REFRESH = 10
const STRANGERS = 4

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
  return series.reduce((sum, [, restarts]) => sum + restarts, 0)
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

function preview(one: Case | undefined): string {
  if (!one) return 'nothing'
  if (one.kind === 'frame') return `frame ${JSON.stringify(one.data.toString('latin1').slice(0, 400))}`
  if (one.kind === 'raw')
    return `raw ${JSON.stringify(Buffer.concat(one.parts).toString('latin1').slice(0, 400))}`
  const { method, path, headers, body } = one
  const { authorization: _, ...others } = headers
  return `${method} ${path.slice(0, 200)} ${JSON.stringify(others).slice(0, 200)} ${JSON.stringify(body?.toString('latin1').slice(0, 400))}`
}

function previewOf(answer: Answer): string {
  if (answer.kind === 'http') return `${answer.status} ${answer.body.toString('latin1').slice(0, 400)}`
  return answer.kind === 'frame' ? answer.data.toString('latin1').slice(0, 400) : answer.kind
}

/** Sessions of somebody else, one step on. */
async function plant({ url, strangerKey }: FuzzTarget): Promise<SessionState[]> {
  const door = restDoor({ url, key: strangerKey })
  const { agents, A } = await modelOf({ url, key: strangerKey })
  const actions = agents.map(() => Array<number>(A).fill(0.1))
  return Promise.all(
    Array.from({ length: STRANGERS }, async (_, seed) => {
      const { session_id } = await door.ask<SessionState>('create', { seed })
      await door.ask('step', { session_id, actions })
      return door.ask<SessionState>('get', { session_id })
    }),
  )
}

/** A function that says what is not as it was at first. */
async function healthOf({ url, key, strangerKey }: FuzzTarget, strangers: SessionState[]) {
  const door = restDoor({ url, key })
  const theirs = restDoor({ url, key: strangerKey })
  const request = await goodRollout({ url, key })
  const imagine = async () => (await door.ask<{ states: number[][][] }>('rollout', request)).states.flat(2)
  const first = await imagine()
  return async (): Promise<string[]> => {
    const wrong: string[] = []
    if (!(await readiness({ url }))) wrong.push('the server is not ready')
    const again = await imagine().catch((error: unknown) => [String(error)])
    const same = again.every(
      (x, i) => Math.abs(Number(x) - first[i]!) <= 1e-3 * Math.max(1, Math.abs(first[i]!)),
    )
    if (!same || again.length !== first.length)
      wrong.push(`a good rollout gives ${String(again.slice(0, 3))}`)
    for (const before of strangers) wrong.push(...(await changesOf(theirs, before)))
    return wrong
  }
}

async function changesOf(door: Door, before: SessionState): Promise<string[]> {
  const now = await door
    .ask<SessionState>('get', { session_id: before.session_id })
    .catch((error: unknown) => String(error))
  const timeless = (one: unknown) => JSON.stringify({ ...(one as object), expires_at: '' })
  return timeless(now) === timeless(before)
    ? []
    : [`somebody else's session has changed: ${JSON.stringify(now)}`]
}

async function goodRollout(address: Address): Promise<object> {
  const { agents, A, S } = await modelOf(address)
  const joint = agents.map(() => Array<number>(A).fill(0.2))
  return { starts: [{ states: [Array<number>(S).fill(0)] }], actions: [[joint, joint]], seed: 5 }
}

/** What one caller says with, and what it knows. */
function openMouth({ url, key }: FuzzTarget, unasked: (answer: Answer) => void) {
  const address = { url, key }
  const http = httpSender(url)
  const frames = new FrameSender(address, unasked)
  const door = restDoor(address)
  let [asked, known] = [0, undefined as Known | undefined]
  return {
    /** Looked up again now and then: cases change its session, and close it. */
    async known(stranger: string): Promise<Known> {
      if (!known || asked++ % REFRESH === 0) known = await knownOf(door, address, known)
      return { ...known, stranger }
    },
    async say(one: Case): Promise<Answer[]> {
      if (one.kind === 'http') return [await http.send(one)]
      return one.kind === 'frame' ? frames.send(one) : sendRaw(address, one)
    },
    close() {
      http.close()
      frames.close()
    },
  }
}

async function knownOf(door: Door, address: Address, before: Known | undefined): Promise<Known> {
  const model = before ?? (await modelOf(address))
  const session_id = before?.sessionId ?? ''
  const state = await door.ask<SessionState>('get', { session_id }).catch((error: unknown) => {
    if (error instanceof Refused) return door.ask<SessionState>('create', { max_episode_steps: 2 })
    throw error
  })
  const id = { session_id: state.session_id }
  const { snapshot } = await door.ask<Snapshot>('snapshot', id)
  return {
    ...model,
    sessionId: state.session_id,
    nextStep: state.committed_step_id + 1,
    snapshot,
    stranger: '',
  }
}
