// Opens what a run's flags, or its record, say that its episodes come from.
import { isDeepStrictEqual } from 'node:util'
import { DimaError } from '../../common/errors.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { OnProgress } from '../dataset/dataset.ts'
import type { RunRecord } from '../run/run-folder.ts'
import type { DimaConfig } from '../run/train-config.ts'
import { openBridge } from './bridge-source.ts'
import { DatasetSource } from './dataset-source.ts'
import { openEnvironment } from './environment-source.ts'
import type { SourceFlags } from './flags.ts'
import type { EpisodeSource, Note, Origin } from './source.ts'
import type { PlayOptions } from './vector-source.ts'

export interface SourceOptions extends SourceFlags, PlayOptions {
  task: string
  /** how many are going to be played, as far as that is known */
  steps: number
  /** share of recorded episodes */
  heldOut: number
  onProgress?: OnProgress
  note?: Note
}

export async function openSource(options: SourceOptions): Promise<EpisodeSource> {
  const { task, env, dataset } = options
  if (env && dataset)
    throw new DimaError('invalid_config', '--env and --dataset exclude each other', { field: 'dataset' })
  if (dataset) return DatasetSource.open(dataset, options.heldOut, options.onProgress)
  return env ? openBridge(env, task, options) : openEnvironment(task, options)
}

/**
 * The source of a run that was trained, for episodes that training did not see.
 * @param flags where its environment or its file is now, if it has moved
 */
export async function reopenSource(
  record: RunRecord<DimaConfig>,
  flags: SourceFlags,
  steps: number,
): Promise<EpisodeSource> {
  const { config, origin } = record
  checkMoved(origin, flags)
  const source = await openSource({
    ...flags,
    task: config.task,
    seed: config.seed,
    policyStd: config.hyperparameters.policyStd,
    steps,
    env: origin.kind === 'bridge' ? flags.env || origin.url : '',
    dataset: origin.kind === 'dataset' ? flags.dataset || origin.file : '',
    heldOut: origin.kind === 'dataset' ? origin.heldOut : 0,
  })
  try {
    checkSame(record, source)
  } catch (error) {
    await source.close()
    throw error
  }
  return source
}

/** A new place is of use only for a source of that kind. */
function checkMoved(origin: Origin, { env, dataset }: SourceFlags): void {
  const given =
    (env && origin.kind !== 'bridge' && 'env') || (dataset && origin.kind !== 'dataset' && 'dataset')
  if (given)
    throw new DimaError('invalid_config', `--${given}: the source of this run is another, ${origin.kind}`, {
      field: given,
      given: origin.kind,
    })
}

function checkSame(record: RunRecord, source: EpisodeSource): void {
  const { origin } = source
  if (origin.kind === 'dataset' && record.origin.kind === 'dataset' && origin.sha256 !== record.origin.sha256)
    throw new DimaError('invalid_config', 'the file is not the one that the run was trained on', {
      field: 'sha256',
      expected: record.origin.sha256,
      given: origin.sha256,
    })
  if (!isDeepStrictEqual(shapeOf(record.task), shapeOf(source.spec)))
    throw new DimaError(
      'invalid_config',
      'the environment has other agents or entries than the run was trained on',
      {
        field: 'task',
        expected: shapeOf(record.task),
        given: shapeOf(source.spec),
      },
    )
}

/** What a model depends on: names may be worded anew. */
const shapeOf = ({ agents, stateNames }: TaskSpec) => ({
  agents: agents.map(({ name, actuators, observationNames }) => [
    name,
    actuators.length,
    observationNames.length,
  ]),
  state: stateNames.length,
})
