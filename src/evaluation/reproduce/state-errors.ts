// The error of imagined states on held-out segments, as method.md 7.2 has it, and the plans that the checks compare.

import type { DimaSpec } from '../../worlds/dima/serve/manifest.ts'
import type { PlanRequest } from '../../worlds/dima/serve/plan.ts'
import { type EvaluatedPlan, plansToEvaluate } from '../../worlds/dima/serve/scored-plans.ts'
import { drawSegments, rolloutOf, sizesOf } from '../held-out.ts'
import { stepErrors } from '../step-errors.ts'
import type { Candidate, Subject } from './subject.ts'

export type Drawn = Pick<Subject, 'episodes' | 'segments' | 'seed'>

/** Mean absolute error of each of the first `horizon` imagined steps, over entries in normalised units. */
export async function stateErrors(
  { model, simulator }: Candidate,
  { episodes, segments: count, seed }: Drawn,
  plan: PlanRequest,
  horizon: number,
): Promise<number[]> {
  const sizes = { ...sizesOf(model.spec), horizon }
  const segments = drawSegments(episodes, count, seed, sizes)
  const imagined = await simulator.rollout(rolloutOf(segments, sizes, plan, seed))
  return stepErrors(imagined.states, segments.states, horizon, sizes.state, model.spec.normalisation.std)
}

export const JOINT: EvaluatedPlan = { name: 'joint', order: [], label: 'joint' }

/** The sequential plan in the orders of method.md 7.2: descending first, the paper's choice. */
export const sequentialPlans = ({ agents, sampling }: DimaSpec): EvaluatedPlan[] =>
  plansToEvaluate(agents.length, sampling.sequentialSteps).filter(({ name }) => name === 'sequential')

/** Every level shows the same agent: what the sequential plan must beat. */
export const singleAgentPlan = (agent: number): PlanRequest => ({ name: 'sequential', order: [agent] })
