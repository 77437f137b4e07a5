// What imagined trajectories of a candidate are worth: J = mean R - risk std R - novelty - smoothness - departure, over noises.
// R = sum_t gamma^t c_t r_t + gamma^H c_H V(s_H), where c_t is the probability that the episode has not ended before step t.
import { deviation, mean, sum } from '../../common/statistics.ts'
import { noveltyOf } from '../../worlds/novelty.ts'
import type { Trajectories } from '../../worlds/rollout.ts'
import type { Constraints, Objective, PlanProblem } from './problem.ts'

/** Standard deviations from the training data's mean past which a state is novel. */
export const NOVEL = 4

export interface Worth {
  /** J */
  score: number
  /** mean of R over the noises, the terminal value in it */
  expected: number
  /** its deviation over them */
  deviation: number
  /** share of the terminal value in `expected` */
  terminal: number
  penalties: { risk: number; novelty: number; smoothness: number; departure: number }
}

/** @param trajectories of M * n rows, the noises of a candidate one after the other; actions [M, H, D] as they were taken */
export function worthOf(
  problem: Pick<PlanProblem, 'horizon' | 'objective' | 'constraints' | 'spec' | 'planned'>,
  trajectories: Trajectories,
  actions: Float32Array,
): Worth[] {
  const { horizon, objective, constraints } = problem
  const { samples: n } = objective
  const count = trajectories.lengths.length / n
  const novelty = objective.novelty > 0 ? noveltyOf(trajectories.states, problem.spec) : undefined
  const size = actions.length / count
  return Array.from({ length: count }, (_, candidate) => {
    const rows = Array.from({ length: n }, (_, noise) => candidate * n + noise)
    const returns = rows.map((row) => returnOf(trajectories, row, horizon, objective))
    const totals = returns.map(({ total }) => total)
    const [expected, spread] = [mean(totals), deviation(totals)]
    const own = actions.subarray(candidate * size, (candidate + 1) * size)
    const penalties = {
      risk: objective.risk * spread,
      novelty: novelty
        ? objective.novelty * mean(rows.map((row) => excess(novelty, row, horizon, objective)))
        : 0,
      smoothness: objective.smoothness === 0 ? 0 : objective.smoothness * roughness(own, constraints),
      departure:
        objective.departure === 0
          ? 0
          : objective.departure * mean(rows.map((row) => departureOf(problem, trajectories, row))),
    }
    return {
      score: expected - sum(Object.values(penalties)),
      expected,
      deviation: spread,
      terminal: mean(returns.map(({ terminal }) => terminal)),
      penalties,
    }
  })
}

function returnOf(
  { rewards, terminationProbabilities, values }: Trajectories,
  row: number,
  horizon: number,
  { discount, terminal }: Objective,
) {
  let [total, weight] = [0, 1]
  for (let i = row * horizon; i < (row + 1) * horizon; i++) {
    total += weight * rewards[i]!
    weight *= discount * (1 - terminationProbabilities[i]!)
  }
  const end = terminal === 'value' ? weight * values![row]! : 0
  return { total: total + end, terminal: end }
}

function excess(novelty: Float64Array, row: number, horizon: number, { discount }: Objective): number {
  let total = 0
  for (let t = 0; t < horizon; t++) total += discount ** t * Math.max(0, novelty[row * horizon + t]! - NOVEL)
  return total
}

/** Sum of squared changes of a candidate [H, D]. */
function roughness(actions: Float32Array, { low, previous }: Constraints): number {
  const D = low.length
  let total = 0
  for (let i = 0; i < actions.length; i++) {
    const before = i < D ? previous?.[i] : actions[i - D]
    if (before !== undefined) total += (actions[i]! - before) ** 2
  }
  return total
}

/** Of a row, summed over its steps and the agents that are planned. */
function departureOf(
  { horizon, planned }: Pick<PlanProblem, 'horizon' | 'planned'>,
  { departures }: Trajectories,
  row: number,
): number {
  const N = planned.length
  const own = departures!.subarray(row * horizon * N, (row + 1) * horizon * N)
  return sum(Array.from(own, (one, i) => (planned[i % N] ? one : 0)))
}
