// MARIE as an algorithm of a run.
import { NEEDED_STEPS } from '../../worlds/marie/train/steps.ts'
import type { AlgorithmEntry } from '../algorithms.ts'
import { type MarieConfig, marieConfig, restoreMarie } from './config.ts'

export const marie: AlgorithmEntry<MarieConfig> = {
  config: marieConfig,
  restore: restoreMarie,
  copies: ({ envs }) => envs || 1, // episodes begun ahead would be an older policy's
  needed: NEEDED_STEPS,
  trainer: async (config, options) => (await import('./trainer.ts')).openTrainer(config, options),
  trained: async (run) => (await import('./trained-model.ts')).trainedModel(run),
}
