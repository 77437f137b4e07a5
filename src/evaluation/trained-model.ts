// A trained world model read from a run folder, of any algorithm that learns one.
import { join } from 'node:path'
import { ALGORITHM_TABLE, restoreConfig } from '../algorithms/algorithms.ts'
import { DimaError } from '../common/errors.ts'
import { loadCheckpoint } from '../runs/checkpoint.ts'
import type { EpochsDone } from '../runs/epoch-loop.ts'
import { noCheckpoint } from '../runs/no-checkpoint.ts'
import { RunFolder } from '../runs/run-folder.ts'
import type { TrainedModel } from '../runs/trained-model.ts'

/** DimaError `invalid_config`; `not_finite` where the run diverged. */
export async function readTrainedModel(path: string): Promise<TrainedModel> {
  const checkpoint = loadCheckpoint<EpochsDone>(join(path, 'checkpoint.msgpack'))
  if (!checkpoint) throw noCheckpoint(path)
  const record = new RunFolder(path).record(restoreConfig)
  const { algorithm } = record.config
  const { trained } = ALGORITHM_TABLE[algorithm]
  if (trained) return trained({ path, record, checkpoint })
  throw new DimaError('invalid_config', `${path} has no world model: it is a run of ${algorithm}`, {
    field: 'algorithm',
    given: algorithm,
  })
}
