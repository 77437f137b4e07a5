// Opens the run to be checked, episodes it did not see, and the run without offset noise that it may be compared with.
import { isDeepStrictEqual } from 'node:util'
import { asDimaModel, type DimaModel } from '../../algorithms/dima/trained-model.ts'
import { reopenSource } from '../../algorithms/reopen-source.ts'
import { DimaError } from '../../common/errors.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { SourceFlags } from '../../episodes/sources/flags.ts'
import { compileGraphs } from '../../graph/serving-graph.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { openSimulator } from '../../worlds/open-simulator.ts'
import { readTrainedModel } from '../trained-model.ts'
import { unseenEpisodes } from '../unseen-episodes.ts'
import type { Candidate } from './subject.ts'

export async function openCandidate(model: DimaModel): Promise<Candidate> {
  return { model, simulator: await openSimulator(KINDS, model.spec, compileGraphs(model)) }
}

export const readModel = async (folder: string): Promise<DimaModel> =>
  asDimaModel(await readTrainedModel(folder))

/** DimaError `invalid_config` where the two runs don't differ in the offset noise, or differ in the task. */
export async function readWithoutOffset(folder: string, { task }: DimaModel): Promise<DimaModel> {
  const other = await readModel(folder)
  const refuse = (reason: string): never => {
    throw new DimaError('invalid_config', `--without-offset: ${folder} ${reason}`, { field: 'withoutOffset' })
  }
  if (other.networks.denoiser.offsetNoise !== 0) refuse('was trained with offset noise')
  if (!isDeepStrictEqual(shapeOf(other.task), shapeOf(task))) refuse('is of another task')
  return other
}

const shapeOf = ({ name, agents, stateNames }: DimaModel['task']) => [name, agents.length, stateNames.length]

interface EpisodeFlags extends SourceFlags {
  episodes: number
  seed: number
}

export async function openEpisodes(model: DimaModel, flags: EpisodeFlags): Promise<Episode[]> {
  const source = await reopenSource(model.record, flags, flags.episodes * model.task.episodeLimit)
  return unseenEpisodes(model, source, flags.episodes, flags.seed).finally(() => source.close())
}
