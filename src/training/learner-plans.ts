// How each network of a run is trained: its objective and what its optimiser needs besides.
import type { TaskSpec } from '../env/task-spec.ts'
import { createActor } from '../networks/actor.ts'
import { createCritic } from '../networks/critic.ts'
import { actorObjective } from './behaviour/actor-objective.ts'
import { criticObjective } from './behaviour/critic-objective.ts'
import type { BehaviourHyperparameters } from './behaviour/hyperparameters.ts'
import type { LearnerOptions } from './learner.ts'
import type { Objective } from './objectives.ts'
import type { DimaConfig } from './train-config.ts'
import { dimensionsOf, HORIZON, NETWORK_NAMES } from './world-model.ts'
import { createObjectives } from './world-model-objectives.ts'

export interface LearnerPlan extends Omit<LearnerOptions, 'seed'> {
  objective: Objective
}

/** By network name. */
export function learnerPlans(task: TaskSpec, config: DimaConfig): Record<string, () => LearnerPlan> {
  const { rollouts, minibatches } = config.hyperparameters.behaviour
  return {
    ...worldModelPlans(task, config),
    ...policyPlans(task, config, (rollouts * HORIZON) / minibatches),
  }
}

function worldModelPlans(task: TaskSpec, config: DimaConfig): Record<string, () => LearnerPlan> {
  const { objectives } = createObjectives(task, config)
  return Object.fromEntries(
    NETWORK_NAMES.map((name) => {
      const { clipNorm, weightDecay } = config.hyperparameters[name]
      return [name, () => ({ objective: objectives[name], clipNorm, weightDecay })]
    }),
  )
}

/** @param samples rows of a batch */
export function policyPlans(
  task: TaskSpec,
  {
    policy,
    hyperparameters: { behaviour },
  }: Pick<DimaConfig, 'policy'> & {
    hyperparameters: { behaviour: BehaviourHyperparameters }
  },
  samples: number,
): Record<'actor' | 'critic', () => LearnerPlan> {
  const dims = dimensionsOf(task)
  const { clipNorm, epsilon, clip, entropy, valueClip, huberDelta } = behaviour
  const options = { clipNorm, weightDecay: 0, epsilon }
  const size = Math.floor(samples)
  return {
    actor: () => ({
      ...options,
      objective: actorObjective(createActor(dims, policy.actor), dims, size, { clip, entropy }),
    }),
    critic: () => {
      const critic = createCritic(dims.state, policy.critic)
      const objective = criticObjective(critic, dims.state, size, { clip: valueClip, huberDelta })
      return { ...options, objective }
    },
  }
}
