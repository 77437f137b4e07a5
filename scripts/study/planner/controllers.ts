// Who acts in the true environment: the policy's mean actions, or plans, each found anew at every step from the latest states.

import { shifted } from '../../../src/inference/planning/candidates.ts'
import { METHODS, type MethodName } from '../../../src/inference/planning/methods.ts'
import { type Plan, plan } from '../../../src/inference/planning/planner.ts'
import {
  type Candidates,
  type Objective,
  type PlanProblem,
  widthOf,
} from '../../../src/inference/planning/problem.ts'
import type { Search } from '../../../src/inference/planning/search.ts'
import type { Runner } from '../../../src/inference/runner.ts'
import type { OpenSimulator } from '../../../src/worlds/open-simulator.ts'
import type { StartWindow } from '../../../src/worlds/starts.ts'

export interface Controller {
  name: string
  /** absent: the policy's mean actions */
  search?: Omit<Search, 'warm'>
  terminal?: Objective['terminal']
  departure?: number
}

const searchBy = (method: MethodName) => {
  const { population, iterations, elites, beta } = METHODS[method]
  return { method, population, iterations, elites, beta, coordinate: 'together', prior: 0 } as const
}
const icem = searchBy('icem')

/** As many candidates in one iteration as icem has in all. */
const SHOOTING = { ...icem, population: 116, iterations: 1 }

/** The other methods with as many imagined steps as icem has: populations of their own would take 4 and 12 times as many. */
const AT_EQUAL_BUDGET = {
  mppi: { ...searchBy('mppi'), prior: 0.05, population: 240, iterations: 3, elites: 30 },
  cem: { ...searchBy('cem'), prior: 0.25, population: 48, iterations: 3, elites: 10 },
}

export const CONTROLLERS: Controller[] = [
  { name: 'policy, mean actions' },
  { name: 'random shooting', search: SHOOTING, terminal: 'none' },
  { name: 'iCEM', search: icem, terminal: 'none' },
  { name: 'iCEM + policy', search: { ...icem, prior: 0.25 }, terminal: 'none' },
  { name: 'iCEM + value', search: icem, terminal: 'value' },
  { name: 'iCEM + policy + value', search: { ...icem, prior: 0.25 }, terminal: 'value' },
  {
    name: 'iCEM + policy + value, departure 0.01',
    search: { ...icem, prior: 0.25 },
    terminal: 'value',
    departure: 0.01,
  },
  { name: 'MPPI + policy + value', search: AT_EQUAL_BUDGET.mppi, terminal: 'value' },
  { name: 'CEM + policy + value', search: AT_EQUAL_BUDGET.cem, terminal: 'value' },
]

/** Rollouts in this thread. */
export const runnerOf = (simulator: OpenSimulator): Runner =>
  ({
    rollout: async (_, rollout) => ({ ...(await simulator.rollout(rollout)), queueMs: 0 }),
  }) as Pick<Runner, 'rollout'> as Runner

export interface Request {
  start: StartWindow
  seed: number
  discount: number
  terminal: Objective['terminal']
  departure?: number
  care?: Pick<Objective, 'samples' | 'risk'>
  before?: Plan | undefined
  /** actions of the plan before that were taken since; default: 1 */
  taken?: number
}

export function problemOf({ spec, kind }: OpenSimulator, method: MethodName, request: Request): PlanProblem {
  const { start, seed, discount, terminal, departure = 0, care = { samples: 1, risk: 0 } } = request
  const { horizon } = METHODS[method]
  const D = widthOf(spec)
  return {
    digest: '',
    spec,
    start,
    choice: kind.choices.every(spec)[0],
    seed,
    horizon,
    planned: spec.agents.map(() => true),
    others: { by: 'given', actions: new Float32Array(horizon * D) },
    constraints: {
      low: new Float32Array(D).fill(spec.action.low),
      high: new Float32Array(D).fill(spec.action.high),
    },
    objective: { discount, terminal, ...care, novelty: 0, smoothness: 0, departure },
  }
}

export function planned(
  simulator: OpenSimulator,
  search: Omit<Search, 'warm'>,
  request: Request,
): Promise<Plan> {
  const D = widthOf(simulator.spec)
  const move = (rows: ArrayLike<number>): Candidates =>
    shifted(Float32Array.from(rows), METHODS[search.method].horizon, D, request.taken ?? 1)
  const { before } = request
  const warm = before && { mean: move(before.distribution.mean), elites: move(before.elites) }
  return plan(runnerOf(simulator), problemOf(simulator, search.method, request), { ...search, warm })
}
