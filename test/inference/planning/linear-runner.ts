// A runner without a model: x' = F x + G a, reward -(x'x + c a'a) of the state before, everything exact. One entry more of
// the state counts steps, and episodes end by a probability of a given step.

import type { PlanProblem } from '../../../src/inference/planning/problem.ts'
import type { Runner } from '../../../src/inference/runner.ts'
import { departuresOf, statesBefore } from '../../../src/worlds/departure.ts'
import type { Rollout, Trajectories } from '../../../src/worlds/rollout.ts'
import type { WorldSpec } from '../../../src/worlds/world.ts'

/** Three masses pushed by three agents, of which the first two share a spring. */
export const F = [
  [1, 0.1, 0],
  [-0.05, 0.95, 0.1],
  [0, -0.2, 0.9],
]
export const G = [
  [0.5, 0, 0.1],
  [0, 0.4, 0],
  [0.1, 0, 0.6],
]
export const EFFORT = 0.1

const names = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `x${i}`, unit: '1' }))

export const SPEC: WorldSpec = {
  kind: 'linear',
  agents: [0, 1, 2].map((i) => ({ name: `agent${i}`, actuators: ['push'] })),
  action: { dimension: 1, low: -5, high: 5, unit: '1' },
  state: names(3),
  observation: names(3),
  horizon: 15,
  context: 1,
  normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
}

export interface Options {
  /** of the reward, its deviation; the noise is a function of seed, sample and step */
  noise?: number
  /** probability that an episode ends with a step */
  ends?: (t: number) => number
  /** milliseconds that a rollout takes */
  ms?: number
  /** actions of agents that the policy acts for */
  policy?: (x: readonly number[], mode: 'mean' | 'sample', sample: number) => number[]
  value?: (x: readonly number[]) => number
}

const product = (matrix: readonly (readonly number[])[], vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * vector[i]!, 0))
const squared = (vector: readonly number[]) => vector.reduce((sum, x) => sum + x * x, 0)
const plus = (a: readonly number[], b: readonly number[]) => a.map((x, i) => x + b[i]!)

/** What is asked of the runner, and answers. */
export function linearRunner(options: Options = {}): { runner: Runner; asked: Rollout[] } {
  const asked: Rollout[] = []
  const rollout = async (_: string, rollout: Rollout): Promise<Trajectories & { queueMs: number }> => {
    asked.push(structuredClone(rollout))
    const until = performance.now() + (options.ms ?? 0)
    while (performance.now() < until);
    const trajectories = imagine(rollout, options)
    const compared = rollout.compared && { departures: departures(rollout, trajectories, options.policy!) }
    return { ...trajectories, ...compared, queueMs: 0 }
  }
  return { runner: { rollout } as unknown as Runner, asked }
}

function imagine(rollout: Rollout, { noise = 0, ends, policy, value }: Options): Trajectories {
  const { batch: B, horizon: H, states, actions, samples, seed } = rollout
  const out = {
    states: new Float64Array(B * H * 3),
    observations: new Float32Array(B * H * 9),
    rewards: new Float32Array(B * H),
    terminationProbabilities: new Float32Array(B * H),
    terminations: new Uint8Array(B * H),
    lengths: new Int32Array(B).fill(H),
    actions: actions.slice(),
    values: new Float32Array(B),
    computeMs: 1,
  }
  for (let row = 0; row < B; row++) {
    let x = [...states.subarray(row * 3, row * 3 + 3)]
    for (let t = 0; t < H; t++) {
      const at = row * H + t
      const own = rollout.policy && policy?.(x, rollout.policy.mode, samples?.[row] ?? 0)
      for (let i = 0; i < 3; i++) if (rollout.policy?.agents[i]) out.actions[at * 3 + i] = own![i]!
      const a = [...out.actions.subarray(at * 3, at * 3 + 3)]
      const luck = noise * Math.sin(seed + 7 * (samples?.[row] ?? 0) + 3 * t)
      out.rewards[at] = -squared(x) - EFFORT * squared(a) + luck
      out.terminationProbabilities[at] = ends?.(t) ?? 0
      x = plus(product(F, x), product(G, a))
      out.states.set(x, at * 3)
    }
    out.values[row] = value?.(x) ?? 0
  }
  return out
}

/** Of a policy whose deviation is 1. */
function departures(rollout: Rollout, trajectories: Trajectories, policy: NonNullable<Options['policy']>) {
  const before = statesBefore(SPEC, rollout, trajectories)
  const rows = Array.from({ length: before.length / 3 }, (_, i) => [...before.subarray(3 * i, 3 * i + 3)])
  const mean = Float32Array.from(rows.flatMap((x) => policy(x, 'mean', 0)))
  return departuresOf(SPEC, { mean, std: new Float32Array(mean.length).fill(1) }, trajectories.actions!)
}

export const problemOf = (change: Partial<PlanProblem> = {}): PlanProblem => ({
  digest: 'linear',
  spec: SPEC,
  start: { states: Float64Array.of(1, -1, 0.5), actions: new Float32Array() },
  choice: null,
  seed: 1,
  horizon: 10,
  planned: [true, true, true],
  others: { by: 'given', actions: new Float32Array(30) },
  constraints: { low: new Float32Array(3).fill(-5), high: new Float32Array(3).fill(5) },
  objective: { discount: 1, terminal: 'none', samples: 1, risk: 0, novelty: 0, smoothness: 0, departure: 0 },
  ...change,
})

/** Least cost of H steps from x, by Riccati's recursion backwards: the reward of the state after the last action counts nothing. */
export function leastCost(x: readonly number[], H: number): number {
  let P = zeros(3)
  for (let t = 0; t < H; t++) P = riccati(P)
  return x.reduce((sum, xi, i) => sum + xi * product(P, x)[i]!, 0)
}

type Matrix = number[][]
const zeros = (n: number): Matrix => Array.from({ length: n }, () => Array(n).fill(0))
const transpose = (a: Matrix): Matrix => a[0]!.map((_, i) => a.map((row) => row[i]!))
const times = (a: Matrix, b: Matrix): Matrix => a.map((row) => product(transpose(b), row))
const add = (a: Matrix, b: Matrix, scale = 1): Matrix =>
  a.map((row, i) => row.map((x, j) => x + scale * b[i]![j]!))
const identity = (scale: number): Matrix => zeros(3).map((row, i) => row.map((_, j) => (i === j ? scale : 0)))

/** P = I + F'PF - F'PG (c I + G'PG)^-1 G'PF */
function riccati(P: Matrix): Matrix {
  const [Ft, Gt] = [transpose(F), transpose(G)]
  const inner = add(identity(EFFORT), times(Gt, times(P, G)))
  const gain = times(inverse(inner), times(Gt, times(P, F)))
  return add(add(identity(1), times(Ft, times(P, F))), times(times(Ft, times(P, G)), gain), -1)
}

/** Gauss and Jordan. */
function inverse(a: Matrix): Matrix {
  const rows = a.map((row, i) => [...row, ...identity(1)[i]!])
  for (let i = 0; i < 3; i++) {
    const pivot = rows[i]![i]!
    rows[i] = rows[i]!.map((x) => x / pivot)
    for (let j = 0; j < 3; j++) {
      if (j === i) continue
      const factor = rows[j]![i]!
      rows[j] = rows[j]!.map((x, k) => x - factor * rows[i]![k]!)
    }
  }
  return rows.map((row) => row.slice(3))
}
