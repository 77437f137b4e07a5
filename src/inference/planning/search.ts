// How a plan is looked for, and what it costs.
import { sum } from '../../common/statistics.ts'
import { METHODS, type MethodName, populationOf } from './methods.ts'
import type { Candidates, PlanProblem } from './problem.ts'

export interface Search {
  method: MethodName
  population: number
  iterations: number
  elites: number
  /** noise's fall with frequency */
  beta: number
  /** together: all planned agents at once; in_turn: one after the other, each knowing what those before it chose */
  coordinate: 'together' | 'in_turn'
  /** share of the first candidates that the policy makes */
  prior: number
  /** of the plan before, moved up already */
  warm?: { mean: Float32Array; elites: Candidates } | undefined
}

/** Candidates that meet other noises at the end, and how many. */
export const RESCORED = 8

/** [N] each: whose actions move at a time. */
export function blocksOf(
  { planned }: Pick<PlanProblem, 'planned'>,
  { coordinate }: Pick<Search, 'coordinate'>,
): (readonly boolean[])[] {
  if (coordinate === 'together') return [planned]
  return planned.flatMap((own, agent) => (own ? [planned.map((_, other) => other === agent)] : []))
}

/** Rows of the largest rollout, and joint steps of all. */
export function costOf(problem: PlanProblem, search: Search): { rows: number; steps: number } {
  const { horizon, objective } = problem
  const { iterations, population, prior } = search
  const populations = Array.from({ length: iterations }, (_, i) =>
    populationOf(METHODS[search.method], search, i),
  )
  const rows = sum(populations) * blocksOf(problem, search).length * objective.samples
  const last = RESCORED * noisesOf(objective)
  const byPolicy = prior > 0 ? priorOf(population, prior) : 0
  return {
    rows: Math.max(population * objective.samples, last),
    steps: (rows + last + byPolicy) * horizon,
  }
}

export const noisesOf = ({ samples }: PlanProblem['objective']): number => Math.max(RESCORED, samples)
export const priorOf = (population: number, share: number): number =>
  Math.max(1, Math.floor(population * share))
