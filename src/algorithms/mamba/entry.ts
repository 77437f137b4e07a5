// MAMBA as an algorithm of a run.
import { NEEDED_STEPS } from '../../worlds/mamba/train/steps.ts'
import type { AlgorithmEntry } from '../algorithms.ts'
import { type MambaConfig, mambaConfig, restoreMamba } from './config.ts'

/** A policy that learns plays one episode at a time: those begun ahead would be an older policy's. */
export const mamba: AlgorithmEntry<MambaConfig> = {
  config: mambaConfig,
  restore: restoreMamba,
  copies: ({ envs }) => envs || 1,
  needed: NEEDED_STEPS,
  async trainer(config, options) {
    const { openTrainer } = await import('./trainer.ts')
    return openTrainer(config, options)
  },
  async trained(run) {
    const { trainedModel } = await import('./trained-model.ts')
    return trainedModel(run)
  },
}
