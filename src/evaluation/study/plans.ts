// The sampling plans that are compared, and what each costs by count.
import type { SamplingConfig } from '../../worlds/dima/serve/manifest.ts'
import { expandOrder, expandPlan } from '../../worlds/dima/serve/plan.ts'
import { type EvaluatedPlan, plansToEvaluate } from '../../worlds/dima/serve/scored-plans.ts'

export interface StudiedPlan extends EvaluatedPlan {
  /** agents counted from 1, as the paper does: `sequential 2,2,1,1` */
  title: string
  sampling: SamplingConfig
  evaluations: number
  embeddings: number
}

/** Those of every evaluation, and the joint plan of a single level; the default first. */
export function studiedPlans(agents: number, sampling: SamplingConfig): StudiedPlan[] {
  const [joint, ...others] = plansToEvaluate(agents, sampling.sequentialSteps)
  return [
    studied(joint!, agents, sampling),
    studied(joint!, agents, { ...sampling, jointSteps: 1 }),
    ...others.map((plan) => studied(plan, agents, sampling)),
  ]
}

function studied(plan: EvaluatedPlan, agents: number, sampling: SamplingConfig): StudiedPlan {
  const levels = expandPlan(plan, agents, sampling)
  return {
    ...plan,
    title: titleOf(plan, sampling),
    sampling,
    evaluations: levels.length,
    embeddings: new Set(levels.map(({ visible }) => visible.join())).size,
  }
}

function titleOf({ name, order }: EvaluatedPlan, { jointSteps, sequentialSteps }: SamplingConfig): string {
  if (name === 'joint') return `joint, K=${jointSteps}`
  return `${name} ${expandOrder(order, sequentialSteps)
    .map((agent) => agent + 1)
    .join()}`
}
