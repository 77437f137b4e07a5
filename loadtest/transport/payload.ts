// What crosses between the server and an executor, in the sizes of a model: arrays by name, and a little besides.
import type { TypedArray } from '../../src/common/packed-arrays.ts'
import { sum } from '../../src/common/statistics.ts'
import type { DimaSpec } from '../../src/worlds/dima/serve/manifest.ts'
import type { TurnColumns } from '../../src/worlds/dima/serve/memory.ts'
import type { LiveBatch, LiveResults } from '../../src/worlds/live.ts'
import type { Rollout, Trajectories } from '../../src/worlds/rollout.ts'
import { lettersOf } from '../../src/worlds/world.ts'

/** Flat: arrays and plain values by name. */
export type Payload = Record<string, unknown>

export const arraysOf = (payload: Payload): TypedArray[] => Object.values(payload).filter(isNumbers)

export const isNumbers = (value: unknown): value is TypedArray =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)

export const bytesOf = (payload: Payload): number =>
  sum(arraysOf(payload).map(({ byteLength }) => byteLength))

/** In memory of its own, as if it had just been made. */
export const copyOf = (payload: Payload): Payload =>
  Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [name, isNumbers(value) ? value.slice() : value]),
  )

/** Live rows in the middle of their reward windows. */
export function liveBatch(spec: DimaSpec, rows: number): Payload {
  const { L, N, A, S } = lettersOf(spec)
  const window = Math.ceil(spec.horizon / 2)
  const batch: Omit<LiveBatch, 'turns'> = {
    choice: { name: 'joint', order: [] },
    ids: Float64Array.from({ length: rows }, (_, i) => i),
    seeds: new Uint32Array(rows).fill(1),
    keys: new Uint32Array(rows).fill(2),
    steps: new Uint32Array(rows).fill(window),
  }
  const turns: TurnColumns = {
    windows: noise(rows * L * S),
    actions: noise(rows * L * N * A),
    lengths: new Uint32Array(rows).fill(window),
    rewardStates: noise(rows * window * S),
    rewardActions: noise(rows * window * N * A),
  }
  return { ...batch, ...turns }
}

export function liveResults(spec: DimaSpec, rows: number): Payload {
  const { N, S } = lettersOf(spec)
  const results: LiveResults = {
    carried: noise(rows * S),
    states: Float64Array.from(noise(rows * S)),
    observations: noise(rows * N * spec.observation.length),
    rewards: noise(rows),
    terminationProbabilities: noise(rows),
    terminations: new Uint8Array(rows),
    computeMs: 1,
  }
  return { ...results }
}

export function trajectories(spec: DimaSpec, { batch, horizon }: Rollout): Payload {
  const { N, S } = lettersOf(spec)
  const rows = batch * horizon
  const imagined: Trajectories = {
    states: Float64Array.from(noise(rows * S)),
    observations: noise(rows * N * spec.observation.length),
    rewards: noise(rows),
    terminationProbabilities: noise(rows),
    terminations: new Uint8Array(rows),
    lengths: new Int32Array(batch).fill(horizon),
    computeMs: 1,
  }
  return { ...imagined }
}

const noise = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i))
