// How MAPPO's networks are trained: one actor for all agents, one critic of the global state.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { LearnerPlan } from '../../learning/learner-plan.ts'
import { policyPlans } from '../policy/policy-plans.ts'
import type { MappoConfig } from './config.ts'

export const NETWORKS = ['actor', 'critic'] as const

export function mappoPlans(
  task: TaskSpec,
  { policy, hyperparameters }: MappoConfig,
): Record<(typeof NETWORKS)[number], () => LearnerPlan> {
  const { copies, stepsPerCopy, ppo } = hyperparameters
  const samples = (copies * stepsPerCopy) / ppo.minibatches
  return policyPlans(task, { policy, hyperparameters: { behaviour: ppo } }, samples, 'ppo.learningRate')
}
