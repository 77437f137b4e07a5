// Opens what a run's flags, or its record, say that its episodes come from.
import type { RunRecord } from '../run-folder.ts'
import { EnvironmentSource } from './environment-source.ts'
import type { EpisodeSource } from './source.ts'

export interface SourceOptions {
  task: string
  seed: number
  policyStd: number
}

export const openSource = ({ task, ...options }: SourceOptions): Promise<EpisodeSource> =>
  EnvironmentSource.open(task, options)

/** The source of a run that was trained, for episodes that training did not see. */
export const reopenSource = ({ config }: RunRecord): Promise<EpisodeSource> =>
  openSource({ task: config.task, seed: config.seed, policyStd: config.hyperparameters.policyStd })
