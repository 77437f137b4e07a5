// DIMA, and its world model alone, as algorithms of a run.
import { NEEDED_STEPS } from '../../worlds/dima/train/steps.ts'
import type { AlgorithmEntry } from '../algorithms.ts'
import { type DimaConfig, resolveConfig, restoreDima } from './config.ts'

export const worldModel: AlgorithmEntry<DimaConfig> = {
  config: resolveConfig,
  restore: restoreDima,
  copies: ({ envs }) => envs,
  needed: NEEDED_STEPS,
  byPlan: ['behaviour.plan', 'denoiser.oneAgentShare', 'denoiser.allAgentsShare'],
  async trainer(config, options) {
    const { openTrainer } = await import('./trainer.ts')
    return openTrainer(config, options)
  },
  async trained(run) {
    const { trainedModel } = await import('./trained-model.ts')
    return trainedModel(run)
  },
  async distil(model, options) {
    const { distil } = await import('./distil.ts')
    const { asDimaModel } = await import('./trained-model.ts')
    return distil(asDimaModel(model), options)
  },
}

/** A policy that learns plays one episode at a time: those begun ahead would be an older policy's. */
export const dima: AlgorithmEntry<DimaConfig> = { ...worldModel, copies: ({ envs }) => envs || 1 }
