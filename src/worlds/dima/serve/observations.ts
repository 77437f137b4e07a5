// What a request may choose of how agents see: `decoded` is the decoder's, which policies learned on; `exact` is what the task
// itself makes of a state, by graph `perceive`, in bundles that have it.
import { describe } from '../../../common/describe.ts'
import { DimaError } from '../../../common/errors.ts'
import type { WorldSpec } from '../../world.ts'
import type { PlanRequest } from './plan.ts'
import { asDima } from './spec.ts'

export const OBSERVATIONS = ['exact', 'decoded'] as const
export type Observations = (typeof OBSERVATIONS)[number]

/** All that a request chooses. Without `observations` they are decoded. */
export interface DimaChoice extends PlanRequest {
  observations?: 'exact'
}

/** What there is to choose, by default first. */
export const offeredBy = (spec: WorldSpec): readonly [Observations, ...Observations[]] =>
  asDima(spec).perceives ? OBSERVATIONS : ['decoded']

/** The choice, seen as asked for. DimaError `invalid_request` where the bundle can't. */
export function withObservations(plan: PlanRequest, given: unknown, spec: WorldSpec): DimaChoice {
  const offered = offeredBy(spec)
  const chosen = given === undefined ? offered[0] : offered.find((name) => name === given)
  if (chosen) return chosen === 'exact' ? { ...plan, observations: chosen } : plan
  throw new DimaError('invalid_request', `observations ${describe(given)} are not what this model offers`, {
    field: 'observations',
    expected: [...offered],
    given: describe(given),
  })
}

export const areExact = (choice: unknown): boolean => (choice as DimaChoice).observations === 'exact'
