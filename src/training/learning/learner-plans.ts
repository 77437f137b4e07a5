// How each network of a run is trained. Every thread that trains one loads this, and no trainer.
import type { TaskSpec } from '../../env/task-spec.ts'
import { type LearnerPlans, policyPlans } from '../behaviour/policy-plans.ts'
import type { MappoConfig } from '../mappo/config.ts'
import { mappoPlans } from '../mappo/learner-plans.ts'
import type { Algorithm, DimaConfig, RunConfig } from '../run/train-config.ts'
import { HORIZON, NETWORK_NAMES } from '../world-model/world-model.ts'
import { createObjectives } from '../world-model/world-model-objectives.ts'

/** By network name. */
export const learnerPlans = (task: TaskSpec, config: RunConfig): LearnerPlans =>
  PLANS[config.algorithm](task, config)

function dimaPlans(task: TaskSpec, config: DimaConfig): LearnerPlans {
  const { rollouts, minibatches } = config.hyperparameters.behaviour
  return {
    ...worldModelPlans(task, config),
    ...policyPlans(task, config, (rollouts * HORIZON) / minibatches, 'behaviour.learningRate'),
  }
}

function worldModelPlans(task: TaskSpec, config: DimaConfig): LearnerPlans {
  const { objectives } = createObjectives(task, config)
  return Object.fromEntries(
    NETWORK_NAMES.map((name) => {
      const { clipNorm, weightDecay } = config.hyperparameters[name]
      const rateName = `${name}.learningRate`
      return [name, () => ({ objective: objectives[name], clipNorm, weightDecay, rateName })]
    }),
  )
}

/** A configuration is only ever given to its own algorithm. */
const PLANS: Record<Algorithm, (task: TaskSpec, config: RunConfig) => LearnerPlans> = {
  dima: (task, config) => dimaPlans(task, config as DimaConfig),
  mappo: (task, config) => mappoPlans(task, config as MappoConfig),
  'world-model': (task, config) => dimaPlans(task, config as DimaConfig),
}
