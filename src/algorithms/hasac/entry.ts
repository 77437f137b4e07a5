// HASAC as an algorithm of a run.
import type { AlgorithmEntry } from '../algorithms.ts'
import { type HasacConfig, hasacConfig } from './config.ts'

export const hasac: AlgorithmEntry<HasacConfig> = {
  config: hasacConfig,
  restore: (config) => config as HasacConfig,
  copies: (flags) => hasacConfig(flags).hyperparameters.copies,
  async trainer(config, options) {
    const [{ HasacImprovement }, { openTrainer }] = await Promise.all([
      import('./improvement.ts'),
      import('../off-policy/trainer.ts'),
    ])
    return openTrainer(config, options, () => HasacImprovement.open(config, options.source.spec))
  },
}
