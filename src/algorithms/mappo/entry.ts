// MAPPO as an algorithm of a run.
import type { AlgorithmEntry } from '../algorithms.ts'
import { type MappoConfig, mappoConfig } from './config.ts'

export const mappo: AlgorithmEntry<MappoConfig> = {
  config: mappoConfig,
  restore: (config) => config as MappoConfig,
  copies: (flags) => mappoConfig(flags).hyperparameters.copies,
  async trainer(config, options) {
    const [{ MappoImprovement }, { openTrainer }] = await Promise.all([
      import('./improvement.ts'),
      import('../on-policy/trainer.ts'),
    ])
    const { source, resources } = options
    return openTrainer(config, options, () => MappoImprovement.open(config, source.spec, resources))
  },
}
