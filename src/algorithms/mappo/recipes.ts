// How MAPPO's networks are trained: one actor for all agents, one critic of the global state.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Recipe } from '../../learning/recipe.ts'
import { policyRecipes } from '../policy/policy-recipes.ts'
import type { MappoConfig } from './config.ts'

export const NETWORKS = ['actor', 'critic'] as const

export function recipes(
  task: TaskSpec,
  { policy, hyperparameters }: MappoConfig,
): Record<(typeof NETWORKS)[number], () => Recipe> {
  const { copies, stepsPerCopy, ppo } = hyperparameters
  const samples = (copies * stepsPerCopy) / ppo.minibatches
  return policyRecipes(task, { policy, hyperparameters: { behaviour: ppo } }, samples, 'ppo.learningRate')
}
