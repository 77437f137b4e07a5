// The plans that models are scored by: every plan, and for the paper's three orders (method.md 7.2; 2,1,1,2 is the balanced
// one for two agents).
import type { Scored, WorldSpec } from '../../world.ts'
import { expandPlan, type PlanRequest } from './plan.ts'
import { asDima } from './spec.ts'

/** A plan to evaluate, with the name its order goes by. */
export interface EvaluatedPlan extends PlanRequest {
  label: string
}

/** @param steps K */
export function plansToEvaluate(agents: number, steps: number): EvaluatedPlan[] {
  const ascending = Array.from({ length: agents }, (_, i) => i)
  const descending = ascending.toReversed()
  const balanced = steps === 2 * agents ? [...descending, ...ascending] : undefined
  return [
    { name: 'joint', order: [], label: '-' },
    { name: 'progressive', order: descending, label: 'descending' },
    { name: 'sequential', order: descending, label: 'descending' },
    { name: 'sequential', order: ascending, label: 'ascending' },
    ...(balanced ? [{ name: 'sequential' as const, order: balanced, label: 'balanced' }] : []),
  ]
}

export function scoredPlans(spec: WorldSpec): Scored<PlanRequest>[] {
  const { agents, sampling } = asDima(spec)
  return plansToEvaluate(agents.length, sampling.sequentialSteps).map(({ label, ...choice }) => {
    const levels = expandPlan(choice, agents.length, sampling)
    return {
      plan: choice.name,
      order: label,
      evaluations: levels.length,
      embeddings: new Set(levels.map(({ visible }) => visible.join())).size,
      choice,
    }
  })
}
