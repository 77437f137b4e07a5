// The algorithms that a run can be of. Engines, lanes, sources, evaluation and the files of a run are the same for all;
// an algorithm has its configuration, the plans of its networks (learner-plans.ts) and its trainer.

import { Trainer } from '../dima/trainer.ts'
import { type MappoConfig, mappoConfig } from '../mappo/config.ts'
import { MappoImprovement } from '../mappo/improvement.ts'
import { OnPolicyTrainer } from '../on-policy/trainer.ts'
import type { EpisodeSource } from '../sources/source.ts'
import type { RunTrainer, TrainerOptions } from './run-trainer.ts'
import {
  type Algorithm,
  type DimaConfig,
  type RunConfig,
  resolveConfig,
  type TrainFlags,
} from './train-config.ts'

export interface AlgorithmEntry<Config extends RunConfig> {
  config(flags: TrainFlags, source?: Pick<EpisodeSource, 'spec' | 'recorded'>): Config
  /** Copies of the environment to open; 0: the source's choice. */
  copies(flags: TrainFlags): number
  /** Compiles everything and goes on from the folder's checkpoint, if there is one. */
  trainer(config: Config, options: TrainerOptions): Promise<RunTrainer>
}

const worldModel: AlgorithmEntry<DimaConfig> = {
  config: resolveConfig,
  copies: ({ envs }) => envs,
  trainer: (config, { folder, source, reporter, resources }) =>
    Trainer.create(config, folder, source, reporter, resources),
}

/** A policy that learns plays one episode at a time: those begun ahead would be an older policy's. */
const dima: AlgorithmEntry<DimaConfig> = { ...worldModel, copies: ({ envs }) => envs || 1 }

const mappo: AlgorithmEntry<MappoConfig> = {
  config: mappoConfig,
  copies: (flags) => mappoConfig(flags).hyperparameters.copies,
  trainer: async (config, options) =>
    OnPolicyTrainer.create(
      config,
      options,
      await MappoImprovement.open(config, options.source.spec, options.resources),
    ),
}

/** A configuration is only ever given to its own algorithm. */
export const ALGORITHM_TABLE: Record<Algorithm, AlgorithmEntry<RunConfig>> = {
  dima,
  mappo,
  'world-model': worldModel,
}
