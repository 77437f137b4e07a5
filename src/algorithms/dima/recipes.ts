// How the networks of DIMA are trained: those of its world model, and the policy's on imagined steps.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Recipes } from '../../learning/recipe.ts'
import { HORIZON } from '../../worlds/dima/train/steps.ts'
import { NETWORK_NAMES } from '../../worlds/dima/train/world-model.ts'
import { worldModelObjectives } from '../../worlds/dima/train/world-model-objectives.ts'
import { policyRecipes } from '../policy/policy-recipes.ts'
import type { DimaConfig } from './config.ts'

export function recipes(task: TaskSpec, config: DimaConfig): Recipes {
  const { rollouts, minibatches, anchors } = config.hyperparameters.behaviour
  return {
    ...worldModelRecipes(task, config),
    ...policyRecipes(task, config, (rollouts * HORIZON) / minibatches, 'behaviour.learningRate', { anchors }),
  }
}

function worldModelRecipes(task: TaskSpec, config: DimaConfig): Recipes {
  const objectives = worldModelObjectives(task, config)
  return Object.fromEntries(
    NETWORK_NAMES.map((name) => {
      const { clipNorm, weightDecay, average } = config.hyperparameters[name]
      const rateName = `${name}.learningRate`
      return [name, () => ({ objective: objectives[name](), clipNorm, weightDecay, average, rateName })]
    }),
  )
}
