// How HAPPO's networks are trained: an actor for each agent, one critic of the global state. Actors of agents that are made
// alike have one compiled train step.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Recipe, Recipes } from '../../learning/recipe.ts'
import { createActor } from '../../networks/actor.ts'
import { widthsOf } from '../../networks/dimensions.ts'
import { alone } from '../../networks/team.ts'
import { actorObjective } from '../policy/actor-objective.ts'
import { policyRecipes } from '../policy/policy-recipes.ts'
import type { HappoConfig } from './config.ts'

export const CRITIC = 'critic'

/** Agent n's network. */
export const actorName = (n: number): string => `actor_${n}`

export function recipes(task: TaskSpec, config: HappoConfig): Recipes {
  const { copies, stepsPerCopy, ppo } = config.hyperparameters
  const samples = Math.floor((copies * stepsPerCopy) / ppo.minibatches)
  const like = { policy: config.policy, hyperparameters: { behaviour: ppo } }
  const { critic } = policyRecipes(task, like, samples, 'ppo.learningRate')
  const actors = task.agents.map((_, n) => [actorName(n), () => actorRecipe(task, config, samples, n)])
  return { ...Object.fromEntries(actors), [CRITIC]: critic }
}

function actorRecipe(
  task: TaskSpec,
  { policy, hyperparameters }: HappoConfig,
  samples: number,
  n: number,
): Recipe {
  const { clipNorm, epsilon, clip, entropy } = hyperparameters.ppo
  const own = alone(widthsOf(task), n)
  const actor = createActor(own, policy.actor)
  return {
    objective: actorObjective(actor, own, samples, { clip, entropy, factor: true }, actorName(n)),
    step: `actor ${JSON.stringify(own.forms ?? [])}`,
    place: n,
    clipNorm,
    weightDecay: 0,
    epsilon,
    rateName: 'ppo.learningRate',
  }
}
