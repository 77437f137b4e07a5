// The algorithms that a run can be of, one entry each. Engines, lanes, sources, evaluation and the files of a run are the
// same for all. Trainers, with the networks they train, are loaded only where one is asked for; training threads load the
// recipes of their own algorithm and not this table.
import type { EpisodeSource } from '../episodes/sources/source.ts'
import type { NeededSteps } from '../episodes/sources/split.ts'
import type { Algorithm, RunConfig } from '../runs/run-config.ts'
import type { RunTrainer, TrainerOptions } from '../runs/run-trainer.ts'
import type { Distilled, DistilOptions, StoredRun, TrainedModel } from '../runs/trained-model.ts'
import { dima, worldModel } from './dima/entry.ts'
import { happo } from './happo/entry.ts'
import { hasac } from './hasac/entry.ts'
import { mamba } from './mamba/entry.ts'
import { mappo } from './mappo/entry.ts'
import { marie } from './marie/entry.ts'
import type { TrainFlags } from './train-flags.ts'

export interface AlgorithmEntry<Config extends RunConfig> {
  config(flags: TrainFlags, source?: Pick<EpisodeSource, 'spec' | 'recorded'>): Config
  /** The configuration that a run folder holds, with defaults for what it was recorded without. */
  restore(config: RunConfig): Config
  /** Copies of the environment to open; 0: the source's choice. */
  copies(flags: TrainFlags): number
  /** Of recorded episodes; absent: it learns of none. */
  readonly needed?: NeededSteps
  /** Dotted names of the hyper-parameters that --plan decides; absent: none. */
  readonly byPlan?: readonly string[]
  /** Compiles everything and goes on from the folder's checkpoint, if there is one. */
  trainer(config: Config, options: TrainerOptions): Promise<RunTrainer>
  /** The world model of a run; absent where none is learned. DimaError `not_finite` where the run diverged. */
  trained?(run: StoredRun<Config>): Promise<TrainedModel>
  /** That model with a smaller network where one is worth it; absent: nowhere. The same for the same run and options. */
  distil?(model: TrainedModel, options: DistilOptions): Promise<Distilled>
}

/** A configuration is only ever given to its own algorithm. */
export const ALGORITHM_TABLE: Record<Algorithm, AlgorithmEntry<RunConfig>> = {
  dima,
  happo,
  hasac,
  mappo,
  mamba,
  marie,
  'world-model': worldModel,
}

export const restoreConfig = (config: RunConfig): RunConfig =>
  ALGORITHM_TABLE[config.algorithm].restore(config)
