// What a plan is to be found for. H steps, N agents, A action, D = N * A numbers of a joint action.
import type { StartWindow } from '../../worlds/starts.ts'
import type { WorldSpec } from '../../worlds/world.ts'

export interface PlanProblem {
  /** of a bundle that the runner has loaded */
  digest: string
  spec: WorldSpec
  start: StartWindow
  /** of the model's kind */
  choice: unknown
  seed: number
  /** H */
  horizon: number
  /** [N] whose actions are planned */
  planned: readonly boolean[]
  others: Others
  constraints: Constraints
  objective: Objective
}

/** What the agents that are not planned do. */
export type Others =
  | { by: 'given'; actions: Float32Array } /* [H, D] */
  | { by: 'policy'; mode: 'mean' | 'sample' }

/** What every candidate keeps to, not only the answer. */
export interface Constraints {
  /** [D] an entry that is fixed has both alike */
  low: Float32Array
  high: Float32Array
  /** [D] greatest change from step to step */
  maxChange?: Float32Array | undefined
  /** [D] the action before the plan, where one is known */
  previous?: Float32Array | undefined
}

export interface Objective {
  /** of a reward one step later */
  discount: number
  /** what goes on after the last step */
  terminal: 'value' | 'none'
  /** noises that every candidate meets */
  samples: number
  /** times the deviation over them that is taken off */
  risk: number
  /** times the deviations past NOVEL of states that the training data hardly had */
  novelty: number
  /** times the squared change of actions from step to step */
  smoothness: number
  /** times how much less likely the planned actions are than the policy's likeliest (worlds/departure.ts) */
  departure: number
}

/** [M, H, D] action sequences, one after the other. */
export type Candidates = Float32Array

/** D */
export const widthOf = ({ agents, action }: WorldSpec): number => agents.length * action.dimension

/** [D] whether an entry of the joint action is of an agent that `who` [N] names and has an actuator. */
export function entriesOf({ agents, action }: WorldSpec, who: readonly boolean[]): boolean[] {
  const own = Array.from({ length: action.dimension }, (_, i) => i)
  return agents.flatMap(({ actuators }, agent) => own.map((i) => who[agent]! && i < actuators.length))
}
