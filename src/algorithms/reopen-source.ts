// The source of a run that was trained, opened again.
import { isDeepStrictEqual } from 'node:util'
import { DimaError } from '../common/errors.ts'
import { hasRawActions } from '../env/scaled-actions.ts'
import type { TaskSpec } from '../env/task-spec.ts'
import type { SourceFlags } from '../episodes/sources/flags.ts'
import { openSource } from '../episodes/sources/open-source.ts'
import { RANDOM_STD } from '../episodes/sources/random-actions.ts'
import type { EpisodeSource, Origin } from '../episodes/sources/source.ts'
import type { RunRecord } from '../runs/run-folder.ts'
import { ALGORITHM_TABLE } from './algorithms.ts'

/**
 * The source of a run that was trained, for episodes that training did not see.
 * @param flags where its environment or its file is now, if it has moved
 */
export async function reopenSource(
  record: RunRecord,
  flags: SourceFlags,
  steps: number,
): Promise<EpisodeSource> {
  const { config, origin } = record
  checkMoved(origin, flags)
  const source = await openSource({
    ...flags,
    task: config.task,
    seed: config.seed,
    policyStd: config.hyperparameters.policyStd ?? RANDOM_STD,
    steps,
    env: origin.kind === 'bridge' ? flags.env || origin.url : '',
    dataset: origin.kind === 'dataset' ? flags.dataset || origin.file : '',
    needed: ALGORITHM_TABLE[config.algorithm].needed,
    heldOut: origin.kind === 'dataset' ? origin.heldOut : 0,
    asDeclared: hasRawActions(record.task),
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
  agents: agents.map(({ name, actuators, choices = [], bounds = null, observationNames }) => [
    name,
    actuators.length,
    observationNames.length,
    choices,
    bounds,
  ]),
  state: stateNames.length,
})
