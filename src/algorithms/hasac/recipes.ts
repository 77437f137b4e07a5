// How HASAC's networks are trained: an actor for each agent, in one compiled step, and two critics of states and joint
// actions with their averages, which targets are made of.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Recipes } from '../../learning/recipe.ts'
import { type Widths, widthsOf } from '../../networks/dimensions.ts'
import { createSquashedActor, type SquashedActor } from '../../networks/squashed-actor.ts'
import { createTwinCritic, type TwinCritic } from '../../networks/twin-critic.ts'
import type { HasacConfig } from './config.ts'
import { squashedObjective, twinObjective } from './objectives.ts'

export const CRITIC = 'critic'

/** Agent n's network. */
export const actorName = (n: number): string => `actor_${n}`

type Sizes = Pick<HasacConfig, 'policy'>

export const actorOf = (widths: Widths, { policy }: Sizes): SquashedActor =>
  createSquashedActor(widths, policy.actor)

export const criticOf = ({ state, agents, action }: Widths, { policy }: Sizes): TwinCritic =>
  createTwinCritic(state + agents * action, policy.critic)

export function recipes(task: TaskSpec, config: HasacConfig): Recipes {
  const widths = widthsOf(task)
  const { batch, polyak } = config.hyperparameters
  const common = { clipNorm: Number.POSITIVE_INFINITY, weightDecay: 0 }
  const [actor, critic] = [actorOf(widths, config), criticOf(widths, config)]
  const actors = task.agents.map((_, n) => [
    actorName(n),
    () => ({
      ...common,
      objective: squashedObjective(actor, critic, widths, batch, actorName(n)),
      step: 'actor',
      place: n,
      rateName: 'actorLearningRate',
    }),
  ])
  const critics = () => ({
    ...common,
    objective: twinObjective(critic, widths, batch),
    average: 1 - polyak,
    steady: true,
    rateName: 'criticLearningRate',
  })
  return { ...Object.fromEntries(actors), [CRITIC]: critics }
}
