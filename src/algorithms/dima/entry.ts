// DIMA, and its world model alone, as algorithms of a run.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { LearnerPlans } from '../../learning/learner-plan.ts'
import { HORIZON, NETWORK_NAMES } from '../../worlds/dima/train/world-model.ts'
import { createObjectives } from '../../worlds/dima/train/world-model-objectives.ts'
import type { AlgorithmEntry } from '../algorithms.ts'
import { policyPlans } from '../policy/policy-plans.ts'
import { type DimaConfig, resolveConfig, restoreDima } from './config.ts'

export const worldModel: AlgorithmEntry<DimaConfig> = {
  config: resolveConfig,
  restore: restoreDima,
  copies: ({ envs }) => envs,
  losses: dimaPlans,
  async trainer(config, options) {
    const { openTrainer } = await import('./trainer.ts')
    return openTrainer(config, options)
  },
}

/** A policy that learns plays one episode at a time: those begun ahead would be an older policy's. */
export const dima: AlgorithmEntry<DimaConfig> = { ...worldModel, copies: ({ envs }) => envs || 1 }

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
