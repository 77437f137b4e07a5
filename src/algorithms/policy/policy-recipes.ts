// How the networks of a policy are trained, whatever the batches come from.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Recipe } from '../../learning/recipe.ts'
import { createActor } from '../../networks/actor.ts'
import { createCritic } from '../../networks/critic.ts'
import { type Widths, widthsOf } from '../../networks/dimensions.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { actorObjective } from './actor-objective.ts'
import { criticObjective } from './critic-objective.ts'
import type { BehaviourHyperparameters } from './hyperparameters.ts'

export interface PolicyBatches {
  /** rows of the critic's batch besides */
  anchors?: number
  /** whether agents have rewards, advantages and values of their own */
  apart?: boolean
}

/**
 * @param samples rows of a batch
 * @param rateName of their learning rate among the hyper-parameters
 */
export function policyRecipes(
  task: TaskSpec,
  {
    policy,
    hyperparameters: { behaviour },
  }: Pick<RunConfig, 'policy'> & {
    hyperparameters: { behaviour: BehaviourHyperparameters }
  },
  samples: number,
  rateName: string,
  { anchors = 0, apart = false }: PolicyBatches = {},
): Record<'actor' | 'critic', () => Recipe> {
  const widths = widthsOf(task)
  const { clipNorm, epsilon, clip, entropy, valueClip, huberDelta } = behaviour
  const options = { clipNorm, weightDecay: 0, epsilon, rateName }
  const size = Math.floor(samples)
  return {
    actor: () => ({
      ...options,
      objective: actorObjective(createActor(widths, policy.actor), widths, size, { clip, entropy, apart }),
    }),
    critic: () => {
      const inputs = criticWidth(widths, apart)
      const rows = apart ? size * widths.agents : size
      const critic = createCritic(inputs, policy.critic)
      const objective = criticObjective(critic, inputs, rows + anchors, { clip: valueClip, huberDelta })
      return { ...options, objective }
    },
  }
}

/** What the critic sees of a state: it, and with agents apart whose value is asked for. */
export const criticWidth = ({ state, agents }: Pick<Widths, 'state' | 'agents'>, apart: boolean): number =>
  apart ? state + agents : state
