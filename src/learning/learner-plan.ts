// How a network is trained: its objective and what its optimiser needs besides. An algorithm has one for each of its
// networks, by name, in a module that training threads load too.
import type { LearnerOptions } from './learner.ts'
import type { Objective } from './objectives.ts'

export interface LearnerPlan extends Omit<LearnerOptions, 'seed'> {
  objective: Objective
}

/** By network; made where the network is trained. */
export type LearnerPlans = Record<string, () => LearnerPlan>
