// HAPPO as an algorithm of a run.
import type { AlgorithmEntry } from '../algorithms.ts'
import { type HappoConfig, happoConfig } from './config.ts'

export const happo: AlgorithmEntry<HappoConfig> = {
  config: happoConfig,
  restore: (config) => config as HappoConfig,
  copies: (flags) => happoConfig(flags).hyperparameters.copies,
  async trainer(config, options) {
    const [{ HappoImprovement }, { openTrainer }] = await Promise.all([
      import('./improvement.ts'),
      import('../on-policy/trainer.ts'),
    ])
    const { source, resources } = options
    return openTrainer(config, options, () => HappoImprovement.open(config, source.spec, resources))
  },
}
