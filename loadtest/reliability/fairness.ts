// Two keys and one server: what the first piles up must not keep the second from its share of rollouts, live steps and
// sessions, and nobody gets more imagined steps than its rate.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { addKey } from '../../src/server/auth/key-file.ts'
import { type Crowd, crowdOf, openMany } from './crowd.ts'
import { type Address, type Door, Refused, restDoor, socketDoor } from './door.ts'
import { type Model, modelOf } from './model.ts'
import { withServer } from './server-process.ts'

const IN_FLIGHT = 60
const SESSIONS = 256
/** A rollout: rows that are not cut, so that answers are fine enough a measure, and some steps. */
const [ROWS, STEPS] = [16, 10]
const MOST_WAIT_MS = 2000
const SHARE = [0.35, 0.65] as const
/** Time for a queue to fill, and of a measurement. */
const FILL_MS = 3000
const MEASURE_MS = 10_000
/** Of the key whose rate is measured: far less than any machine imagines. */
const RATE = 20

interface Share {
  /** until the first answer of b, while a has its queue full */
  firstMs: number
  /** answers that b got of those it asked one at a time, all of which must be 200 */
  answered: number
  refused: Record<string, number>
  /** of b in rows, when both ask for all they can get */
  share: number
}

export interface FairnessReport {
  rollouts: Share
  steps: Share
  sessions: { a: number; refusedAs: string; b: number }
  rate: { limit: number; measured: number }
  failures: string[]
}

export async function runFairness({ log }: { log: (line: string) => void }): Promise<FairnessReport> {
  const folder = await mkdtemp(join(tmpdir(), 'dima-fairness-'))
  const KEYS = join(folder, 'keys.json')
  const a = await addKey(KEYS, { id: 'a', scopes: [...SCOPES] })
  const b = await addKey(KEYS, { id: 'b', scopes: [...SCOPES] })
  const c = await addKey(KEYS, { id: 'c', scopes: [...SCOPES], stepsPerSecond: RATE })
  const settings = { KEYS, EXECUTORS: '2', IDLE_TIMEOUT_SECONDS: '0' }
  try {
    return await withServer({ settings }, async ({ url }) => {
      const address = (key: string): Address => ({ url, key })
      const model = await modelOf(address(a))
      const report = {
        rollouts: await rolloutShare(address(a), address(b), model),
        steps: await stepShare(address(a), address(b), model),
        sessions: await sessionShare(address(a), address(b)),
        rate: await rateOf(address(c), model),
      }
      log(JSON.stringify(report))
      return { ...report, failures: judge(report) }
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

const SCOPES = ['read', 'rollout', 'session'] as const

async function rolloutShare(a: Address, b: Address, model: Model): Promise<Share> {
  const [doorA, doorB] = [restDoor(a), restDoor(b)]
  const body = rolloutOf(model, ROWS)
  try {
    return await shareOf(
      () => crowdOf(IN_FLIGHT, () => doorA.ask('rollout', body)),
      (loops) => crowdOf(loops, () => doorB.ask('rollout', body)),
      IN_FLIGHT,
    )
  } finally {
    doorA.close()
    doorB.close()
  }
}

async function stepShare(a: Address, b: Address, model: Model): Promise<Share> {
  const [doorA, doorB] = [await socketDoor(a), await socketDoor(b)]
  const ids = { a: await openMany(doorA, SESSIONS), b: await openMany(doorB, SESSIONS) }
  const actions = jointOf(model)
  const step = (door: Door, session_id: string) => door.ask('step', { session_id, actions })
  try {
    return await shareOf(
      () => crowdOf(SESSIONS, (i) => step(doorA, ids.a[i]!)),
      (loops) => crowdOf(loops, (i) => step(doorB, ids.b[i]!)),
      SESSIONS,
    )
  } finally {
    doorA.close()
    doorB.close()
  }
}

/** First b asks for one thing at a time beside all of a, then for as much as a. */
async function shareOf(startA: () => Crowd, startB: (loops: number) => Crowd, all: number): Promise<Share> {
  const a = startA()
  await after(FILL_MS)
  const from = performance.now()
  const alone = startB(1)
  await after(MEASURE_MS / 2)
  await alone.stop()
  const b = startB(all)
  await after(FILL_MS)
  const before = [a.answered, b.answered] as const
  await after(MEASURE_MS)
  const [ofA, ofB] = [a.answered - before[0], b.answered - before[1]]
  await Promise.all([a.stop(), b.stop()])
  return {
    firstMs: Math.round((alone.first ?? Number.POSITIVE_INFINITY) - from),
    answered: alone.answered,
    refused: alone.refused,
    share: Number((ofB / (ofA + ofB)).toFixed(3)),
  }
}

async function sessionShare(a: Address, b: Address): Promise<FairnessReport['sessions']> {
  const [doorA, doorB] = [restDoor(a), restDoor(b)]
  const { session_id } = await doorA.ask<{ session_id: string }>('create', {})
  let [opened, refusedAs] = [1, '']
  while (refusedAs === '') {
    try {
      await doorA.ask('fork', { session_id, count: 256 })
      opened += 256
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      refusedAs = error.problem.code
    }
  }
  const ofB = await openMany(doorB, 256).catch((error: unknown) => {
    if (error instanceof Refused) return []
    throw error
  })
  doorA.close()
  doorB.close()
  return { a: opened, refusedAs, b: ofB.length }
}

/** Imagined steps a second of a key that asks for far more than it may. */
async function rateOf(c: Address, model: Model): Promise<FairnessReport['rate']> {
  const door = restDoor(c)
  const body = rolloutOf(model, 1)
  const burst = crowdOf(4, () => door.ask('rollout', body))
  await after(FILL_MS)
  const before = burst.answered
  await after(MEASURE_MS)
  const measured = ((burst.answered - before) * STEPS) / (MEASURE_MS / 1000)
  await burst.stop()
  door.close()
  return { limit: RATE, measured: Math.round(measured) }
}

const jointOf = ({ agents, A }: Model): number[][] => agents.map(() => Array<number>(A).fill(0.1))

const rolloutOf = (model: Model, rows: number) => ({
  starts: [{ states: [Array<number>(model.S).fill(0)] }],
  actions: Array.from({ length: rows }, () => Array.from({ length: STEPS }, () => jointOf(model))),
  outputs: ['rewards'],
  seed: 1,
})

export function judge({ rollouts, steps, sessions, rate }: Omit<FairnessReport, 'failures'>): string[] {
  const failures = Object.entries({ rollouts, steps }).flatMap(([what, one]) => judgeShare(what, one))
  if (sessions.refusedAs !== 'session_limit') failures.push(`a was refused as ${sessions.refusedAs}`)
  if (sessions.b < 256) failures.push(`b could open ${sessions.b} sessions`)
  const most = 1.05 * rate.limit + (1000 * STEPS) / MEASURE_MS // a request more or less
  if (rate.measured > most) failures.push(`${rate.measured} steps/s with a limit of ${rate.limit}`)
  if (rate.measured < 0.5 * rate.limit) failures.push(`only ${rate.measured} of ${rate.limit} steps/s`)
  return failures
}

function judgeShare(what: string, { firstMs, answered, refused, share }: Share): string[] {
  const failures: string[] = []
  if (!(firstMs <= MOST_WAIT_MS)) failures.push(`${what}: the first answer of b came after ${firstMs} ms`)
  if (answered < 2) failures.push(`${what}: b was answered ${answered} times`)
  const codes = Object.keys(refused)
  if (codes.length > 0) failures.push(`${what}: b was refused as ${codes.join(', ')}`)
  if (!(share >= SHARE[0] && share <= SHARE[1])) failures.push(`${what}: the share of b is ${share}`)
  return failures
}
