// Live sessions of a tiny model on a runner without an engine, which records what it is asked.
import { expect, onTestFinished } from 'vitest'
import type { ErrorCode, ErrorDetails } from '../../../src/common/errors.ts'
import { Rng } from '../../../src/common/rng.ts'
import { openSessions, type SessionsObserver } from '../../../src/inference/live/sessions.ts'
import type {
  CreateOptions,
  LiveModel,
  SessionSettings,
  Sessions,
} from '../../../src/inference/live/types.ts'
import type { Runner, WorkOptions } from '../../../src/inference/runner.ts'
import { memories, type TurnColumns } from '../../../src/worlds/dima/serve/memory.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import type { LiveRow, StepOutcome } from '../../../src/worlds/live.ts'
import type { StartWindow } from '../../../src/worlds/starts.ts'
import type { WorldSpec } from '../../../src/worlds/world.ts'
import { A, manifest, N, O, S } from '../../registry/fixture.ts'
import { fakeOutcome, fakeRunner } from '../fake-runner.ts'

export { A, H, L, N, O, S } from '../../registry/fixture.ts'
export const JOINT = N * A
export const SIZES = { N, A, S, O }

/** Statistics that change every number, so that a forgotten scaling shows. */
const normalisation = { mean: [1, -2, 0, 0.5], std: [0.5, 2, 1, 4] }

const bundleOf = (digest: string): LiveModel['bundle'] => ({
  name: 'tiny',
  version: '1',
  digest,
  manifest: manifest('tiny', '1', { normalisation }),
  directory: '/nowhere',
  labels: [],
})

/** A window of `length` real states, all numbers different. */
export function startOf(length: number, salt = 0): StartWindow {
  const rng = new Rng('start', length, salt)
  return { states: Float64Array.from(rng.normals(length * S)), actions: rng.normals((length - 1) * JOINT) }
}

export const STARTS = [startOf(1, 1), startOf(2, 2), startOf(3, 3), startOf(3, 4)]

export const modelOf = (digest = 'digest', starts: StartWindow[] = STARTS): LiveModel => ({
  bundle: bundleOf(digest),
  starts,
})

/** Action number `i` of a plan. */
export const actionOf = (i: number, plan = 0): Float32Array => new Rng('action', plan, i).normals(JOINT)

export const SETTINGS: SessionSettings = {
  capacity: 1000,
  capacityPerOwner: 1000,
  idleTimeoutMs: 60_000,
  pendingPerSession: 8,
}

export const OPTIONS: CreateOptions = {
  model: modelOf(),
  choice: { name: 'joint', order: [] },
  seed: 7,
  maxEpisodeSteps: null,
  autoreset: 'disabled',
}

/** Closed when the test ends. */
export function open(
  runner: Runner = fakeRunner(SIZES),
  settings: Partial<SessionSettings> = {},
  observer?: SessionsObserver,
): Sessions {
  const sessions = openSessions(runner, KINDS, { ...SETTINGS, ...settings }, observer)
  onTestFinished(() => sessions.closeAll())
  return sessions
}

export const create = (sessions: Sessions, change: Partial<CreateOptions> = {}) =>
  sessions.create('me', { ...OPTIONS, ...change })

/** What an executor would be given for the step of one row. */
export function columnsOf({ turn }: LiveRow, spec: WorldSpec = OPTIONS.model.bundle.manifest) {
  return memories(spec).gather([turn as Parameters<ReturnType<typeof memories>['take']>[0]]) as TurnColumns
}

/** A fake runner that keeps the rows of its steps. Episodes end where `ends` says so. */
export function recordingRunner(ends: (row: LiveRow) => boolean = () => false) {
  const rows: LiveRow[] = []
  const runner: Runner = {
    ...fakeRunner(SIZES),
    step: async (_digest, _plan, row) => {
      rows.push(row)
      return fakeOutcome(row, SIZES, ends)
    },
  }
  return { runner, rows }
}

interface Held {
  row: LiveRow
  options: WorkOptions | undefined
  finish: (change?: Partial<StepOutcome>) => void
  fail: (error: Error) => void
}

/** A runner whose steps end when the test says so. */
export function holdingRunner() {
  const held: Held[] = []
  const runner: Runner = {
    ...fakeRunner(SIZES),
    step: (_digest, _plan, row, options) =>
      new Promise((resolve, reject) => {
        const outcome = fakeOutcome(row, SIZES, () => false)
        held.push({ row, options, finish: (change) => resolve({ ...outcome, ...change }), fail: reject })
      }),
  }
  /** Until the runner has been asked `count` times. */
  const asked = async (count: number): Promise<Held> => {
    await expect.poll(() => held.length, { interval: 1, timeout: 30_000 }).toBeGreaterThanOrEqual(count)
    return held[count - 1]!
  }
  return { runner, held, asked }
}

/** Runs the microtasks that are due. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const refused = (code: ErrorCode, details: ErrorDetails = {}) =>
  expect.objectContaining({ name: 'DimaError', code, details: expect.objectContaining(details) })
