// Opens the run to be checked, episodes it did not see, and the run without offset noise that it may be compared with.
import { isDeepStrictEqual } from 'node:util'
import { reopenSource } from '../../algorithms/reopen-source.ts'
import { DimaError } from '../../common/errors.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { SourceFlags } from '../../episodes/sources/flags.ts'
import { compileGraphs } from '../../worlds/dima/train/imagination.ts'
import { openSimulator, readTrainedModel, type TrainedModel } from '../trained-model.ts'
import { unseenEpisodes } from '../unseen-episodes.ts'
import type { Candidate } from './subject.ts'

export async function openCandidate(model: TrainedModel): Promise<Candidate> {
  return { model, simulator: await openSimulator(model, compileGraphs(model)) }
}

/** DimaError `invalid_config` where the two runs don't differ in the offset noise, or differ in the task. */
export function readWithoutOffset(folder: string, { task }: TrainedModel): TrainedModel {
  const other = readTrainedModel(folder)
  const refuse = (reason: string): never => {
    throw new DimaError('invalid_config', `--without-offset: ${folder} ${reason}`, { field: 'withoutOffset' })
  }
  if (other.networks.denoiser.offsetNoise !== 0) refuse('was trained with offset noise')
  if (!isDeepStrictEqual(shapeOf(other.task), shapeOf(task))) refuse('is of another task')
  return other
}

const shapeOf = ({ name, agents, stateNames }: TrainedModel['task']) => [
  name,
  agents.length,
  stateNames.length,
]

interface EpisodeFlags extends SourceFlags {
  episodes: number
  seed: number
}

export async function openEpisodes(model: TrainedModel, flags: EpisodeFlags): Promise<Episode[]> {
  const source = await reopenSource(model.record, flags, flags.episodes * model.task.episodeLimit)
  return unseenEpisodes(model, source, flags.episodes, flags.seed).finally(() => source.close())
}
