// The request without what is checked by hand: arrays of numbers.
import Type, { type Static } from 'typebox'
import { PlanRequest } from '../../api/plan.ts'
import { strict } from '../../api/shapes.ts'

const unchecked = Type.Optional(Type.Unknown())

export const PlanShell = Type.Object(
  {
    ...PlanRequest.properties,
    start: unchecked,
    order: unchecked,
    given: unchecked,
    constraints: unchecked,
    warm_start: unchecked,
    pending_actions: unchecked,
  },
  strict,
)
export type PlanShell = Static<typeof PlanShell>

export const ConstraintsShell = Type.Object(
  { low: unchecked, high: unchecked, max_change: unchecked, previous: unchecked },
  strict,
)

export const WarmShell = Type.Object(
  {
    mean: Type.Unknown(),
    elites: unchecked,
    steps: Type.Optional(Type.Integer({ minimum: 0, maximum: 1024 })),
  },
  strict,
)
