// Opens what a run's flags, or its record, say that its episodes come from.
import type { RunRecord } from '../run-folder.ts'
import { type EnvironmentOptions, openEnvironment } from './environment-source.ts'
import type { EpisodeSource } from './source.ts'

export interface SourceOptions extends EnvironmentOptions {
  task: string
}

export const openSource = ({ task, ...options }: SourceOptions): Promise<EpisodeSource> =>
  openEnvironment(task, options)

/** The source of a run that was trained, for episodes that training did not see. */
export const reopenSource = ({ config }: RunRecord): Promise<EpisodeSource> =>
  openSource({
    task: config.task,
    seed: config.seed,
    policyStd: config.hyperparameters.policyStd,
    envs: 0,
    steps: 1,
  })
