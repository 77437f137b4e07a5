// Opens what a run's flags say that its episodes come from.
import { DimaError } from '../../common/errors.ts'
import type { OnProgress } from '../dataset/dataset.ts'
import { openBridge } from './bridge-source.ts'
import { openEnvironment } from './environment-source.ts'
import type { SourceFlags } from './flags.ts'
import type { EpisodeSource, Note } from './source.ts'
import { ANY_STEPS, type NeededSteps } from './split.ts'
import type { PlayOptions } from './vector-source.ts'

export interface SourceOptions extends SourceFlags, PlayOptions {
  task: string
  /** how many are going to be played, as far as that is known */
  steps: number
  /** share of recorded episodes */
  heldOut: number
  /** of recorded episodes; default: none in particular */
  needed?: NeededSteps | undefined
  /** for who writes down what was played: neither scaled nor padded */
  asDeclared?: boolean | undefined
  /** agents learn by rewards of their own, so that nobody need be told of them */
  rewardsApart?: boolean | undefined
  onProgress?: OnProgress
  note?: Note
}

export async function openSource(options: SourceOptions): Promise<EpisodeSource> {
  const { task, env, dataset } = options
  if (env && dataset)
    throw new DimaError('invalid_config', '--env and --dataset exclude each other', { field: 'dataset' })
  if (dataset) {
    const { DatasetSource } = await import('./dataset-source.ts') // starts the library of HDF5
    return DatasetSource.open(dataset, options.heldOut, options.needed ?? ANY_STEPS, options.onProgress)
  }
  return env ? openBridge(env, task, options) : openEnvironment(task, options)
}
