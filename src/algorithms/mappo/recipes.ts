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
  const { copies, stepsPerCopy, ppo, rewards } = hyperparameters
  const samples = (copies * stepsPerCopy) / ppo.minibatches
  const config = { policy, hyperparameters: { behaviour: ppo } }
  return policyRecipes(task, config, samples, 'ppo.learningRate', { apart: rewards === 'per-agent' })
}
