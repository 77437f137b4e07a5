// The algorithms that a run can be of. Engines, lanes, sources, evaluation and the files of a run are the same for all.
// What a row names is loaded when it is needed: threads that train load only how networks are trained.
import type { TaskSpec } from '../env/task-spec.ts'
import type { Resources } from './lanes/lanes.ts'
import type { LearnerPlan } from './learner-plans.ts'
import type { MappoConfig } from './mappo/config.ts'
import { mappoConfig } from './mappo/config.ts'
import type { Reporter } from './progress.ts'
import type { RunFolder } from './run-folder.ts'
import type { EpisodeSource } from './sources/source.ts'
import {
  type Algorithm,
  type DimaConfig,
  type RunConfig,
  resolveConfig,
  type TrainFlags,
} from './train-config.ts'

/** Trains a run in its folder. */
export interface RunTrainer {
  readonly finished: boolean
  /** Until the end, or until the signal asks to stop: the epoch at hand is lost then. */
  run(signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface TrainerOptions {
  folder: RunFolder
  source: EpisodeSource
  reporter: Reporter
  resources: Resources
}

export interface AlgorithmEntry<Config extends RunConfig> {
  config(flags: TrainFlags, source?: Pick<EpisodeSource, 'spec' | 'recorded'>): Config
  /** Copies of the environment to open; 0: the source's choice. */
  copies(flags: TrainFlags): number
  /** How each network is trained, by its name. */
  plans(task: TaskSpec, config: Config): Promise<Record<string, () => LearnerPlan>>
  /** Compiles everything and goes on from the folder's checkpoint, if there is one. */
  trainer(config: Config, options: TrainerOptions): Promise<RunTrainer>
}

const dima: AlgorithmEntry<DimaConfig> = {
  config: resolveConfig,
  // A policy that learns plays one episode at a time: those begun ahead would be an older policy's.
  copies: ({ envs }) => envs || 1,
  async plans(task, config) {
    const { learnerPlans } = await import('./learner-plans.ts')
    return learnerPlans(task, config)
  },
  async trainer(config, { folder, source, reporter, resources }) {
    const { Trainer } = await import('./trainer.ts')
    return Trainer.create(config, folder, source, reporter, resources)
  },
}

const worldModel: AlgorithmEntry<DimaConfig> = { ...dima, copies: ({ envs }) => envs }

const mappo: AlgorithmEntry<MappoConfig> = {
  config: mappoConfig,
  copies: (flags) => mappoConfig(flags).hyperparameters.copies,
  async plans(task, config) {
    const { mappoPlans } = await import('./mappo/learner-plans.ts')
    return mappoPlans(task, config)
  },
  async trainer(config, options) {
    const { MappoImprovement } = await import('./mappo/improvement.ts')
    const { OnPolicyTrainer } = await import('./on-policy/trainer.ts')
    const improvement = await MappoImprovement.open(config, options.source.spec, options.resources)
    return OnPolicyTrainer.create(config, options, improvement)
  },
}

/** By name; a configuration is only ever given to its own algorithm. */
export const ALGORITHM_TABLE: Record<Algorithm, AlgorithmEntry<RunConfig>> = {
  dima,
  mappo,
  'world-model': worldModel,
}
