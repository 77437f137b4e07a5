// A Runner without an engine: every number is a function of everything that was asked, and of nothing else.
import { hashKey, Rng } from '../../src/common/rng.ts'
import type { Sessions } from '../../src/inference/live/types.ts'
import type { Runner } from '../../src/inference/runner.ts'
import type { PlanRequest } from '../../src/worlds/dima/serve/plan.ts'
import type { LiveRow, StepOutcome } from '../../src/worlds/live.ts'
import type { Rollout, Trajectories } from '../../src/worlds/rollout.ts'

interface Sizes {
  N: number
  A: number
  S: number
  O: number
}

export function fakeTrajectories(rollout: Rollout, { N, A, S, O }: Sizes): Trajectories {
  const { batch, horizon, seed, choice, policy } = rollout
  const rng = new Rng(
    seed,
    hashKey(rollout.actions),
    hashKey(rollout.states),
    hashKey(rollout.pastActions),
    (choice as PlanRequest).order.join(),
  )
  const rows = batch * horizon
  return {
    states: Float64Array.from(rng.normals(rows * S)),
    observations: rng.normals(rows * N * O),
    rewards: rng.normals(rows),
    terminationProbabilities: Float32Array.from({ length: rows }, () => rng.uniform()),
    terminations: Uint8Array.from({ length: rows }, () => rng.int(2)),
    lengths: Int32Array.from({ length: batch }, () => horizon),
    ...(policy ? { actions: rng.normals(rows * N * A) } : {}),
    computeMs: 3,
  }
}

/** Ends an episode at a row's step when `ends` says so. */
export function fakeOutcome(row: LiveRow, { N, S, O }: Sizes, ends: (row: LiveRow) => boolean): StepOutcome {
  const { seed, key, step, turn } = row
  const rng = new Rng(
    seed,
    key,
    step,
    ...Object.values(turn as Record<string, Float32Array>).map((part) => hashKey(part)),
  )
  const carried = rng.normals(S)
  return {
    carried,
    state: Float64Array.from(carried, (x) => 2 * x + 1),
    observations: rng.normals(N * O),
    reward: rng.normal(),
    terminationProbability: rng.uniform(),
    terminated: ends(row),
    queueMs: 1,
    computeMs: 3,
    batch: 1,
  }
}

/** [3, S] of a start: padded in front, and scaled, so that a forgotten scaling shows. */
export function carriedOf(states: Float64Array, { S }: Pick<Sizes, 'S'>): Float32Array {
  const carried = new Float32Array(3 * S)
  carried.set(
    states.map((x) => 3 * x + 1),
    carried.length - states.length,
  )
  return carried
}

export const fakeRunner = (sizes: Sizes, ends: (row: LiveRow) => boolean = () => false): Runner => ({
  rollout: async (_digest, rollout) => ({ ...fakeTrajectories(rollout, sizes), queueMs: 1 }),
  step: async (_digest, _plan, row) => fakeOutcome(row, sizes, ends),
  begin: async (_digest, _choice, { states }) => ({
    observations: new Rng(hashKey(states.slice(-sizes.S))).normals(sizes.N * sizes.O),
    carried: carriedOf(states, sizes),
  }),
  act: async (_digest, { observations, turn }) => {
    const rng = new Rng(
      hashKey(observations),
      ...Object.values((turn ?? {}) as Record<string, Float32Array>).map((part) => hashKey(part)),
    )
    const [mean, std] = [rng.normals(sizes.N * sizes.A), rng.normals(sizes.N * sizes.A).map(Math.abs)]
    const small = (values: Float32Array) => values.map((x) => 0.1 * x) // hardly ever at a bound
    return { mean: small(mean), std: small(std), queueMs: 2, computeMs: 4 }
  },
})

const refuse = () => Promise.reject(new Error('this runner does nothing'))

/** For tests that replace the one method they need. */
export const noRunner: Runner = { rollout: refuse, step: refuse, begin: refuse, act: refuse }

/** For apps whose sessions nobody asks for. */
export const noSessions = { stats: () => ({ open: 0, capacity: 0, stateBytes: 0 }) } as Sessions
