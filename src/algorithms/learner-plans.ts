// What training threads load to know the networks of a run, whatever its algorithm.
import type { TaskSpec } from '../env/task-spec.ts'
import type { LearnerPlans } from '../learning/learner-plan.ts'
import type { RunConfig } from '../runs/train-flags.ts'
import { ALGORITHM_TABLE } from './algorithms.ts'

/** By network name. */
export const learnerPlans = (task: TaskSpec, config: RunConfig): LearnerPlans =>
  ALGORITHM_TABLE[config.algorithm].losses(task, config)
