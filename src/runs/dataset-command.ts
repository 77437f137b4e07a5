// What `npm run dataset` does, by its flags.

import Type, { type Static } from 'typebox'
import { DimaError } from '../common/errors.ts'
import { demandEqualAgents } from '../env/task-spec.ts'
import { Dataset } from '../episodes/dataset/dataset.ts'
import { datasetTable } from '../episodes/dataset/table.ts'
import { writeDataset } from '../episodes/dataset/write.ts'
import type { Episode } from '../episodes/replay/episode.ts'
import { sourceFlags } from '../episodes/sources/flags.ts'
import { openSource } from '../episodes/sources/open-source.ts'
import { RANDOM_STD } from '../episodes/sources/random-actions.ts'
import type { EpisodeSource } from '../episodes/sources/source.ts'
import type { Reporter } from './progress.ts'
import { RunFolder } from './run-folder.ts'

const { env, envTokenVariable, envs } = sourceFlags

export const DatasetFlags = Type.Object(
  {
    run: Type.String({ default: '', description: 'write the episodes of this run folder' }),
    task: Type.String({ default: '', description: 'write fresh episodes of this environment' }),
    episodes: Type.Integer({ default: 10, minimum: 1, description: 'how many of --task' }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'seed of the episodes of --task' }),
    env,
    envTokenVariable,
    envs,
    out: Type.String({ default: '', description: 'file to write' }),
    check: Type.String({ default: '', description: 'say what this file holds, or why it is of no use' }),
  },
  { additionalProperties: false },
)
export type DatasetFlags = Static<typeof DatasetFlags>

/** What there is to print. */
export async function datasetCommand(flags: DatasetFlags, reporter: Reporter): Promise<string> {
  const { run, task, check, out } = flags
  if ([run, task, check].filter(Boolean).length !== 1)
    throw new DimaError('invalid_config', 'give one of --run, --task and --check')
  if (check) return checkFile(check, reporter)
  if (!out) throw new DimaError('invalid_config', 'say where to write with --out', { field: 'out' })
  const count = run ? await writeRun(run, out) : await writeFresh(flags, reporter)
  return `${count} episodes written to ${out}`
}

/** The table; where the agents differ in size, an error after it. */
async function checkFile(path: string, reporter: Reporter): Promise<string> {
  const dataset = await Dataset.open(path, (done, all) => reporter.status(`${done} of ${all} episodes`))
  dataset.close()
  const table = datasetTable(dataset)
  try {
    demandEqualAgents(dataset.spec)
    return table
  } catch (error) {
    reporter.note(table)
    throw error
  }
}

async function writeRun(path: string, out: string): Promise<number> {
  const folder = new RunFolder(path)
  const spec = folder.record().task
  demandEqualAgents(spec) // a run pads what is shorter, a file does not
  return writeDataset(out, { spec }, runEpisodes(folder))
}

/** Everything that a run has collected. */
function* runEpisodes(folder: RunFolder): Generator<Episode> {
  for (let i = 0; folder.hasEpisode(i); i++) yield folder.loadEpisode(i)
}

async function writeFresh(flags: DatasetFlags, reporter: Reporter): Promise<number> {
  const { episodes, out } = flags
  const options = {
    dataset: '',
    heldOut: 0,
    asDeclared: true,
    policyStd: RANDOM_STD,
    steps: 1000 * episodes,
    note: reporter.note,
  }
  const source = await openSource({ ...flags, ...options })
  const onEpisode = (done: number) => reporter.status(`${done} of ${episodes} episodes`)
  try {
    return await writeDataset(out, source, playEpisodes(source, episodes, onEpisode))
  } finally {
    await source.close()
  }
}

/** The first `count` training episodes of a source. */
async function* playEpisodes(
  source: EpisodeSource,
  count: number,
  onEpisode: (done: number) => void,
): AsyncGenerator<Episode> {
  for (let done = 0; done < count; )
    for (const episode of await source.collect(done, 1)) {
      yield episode
      onEpisode(++done)
    }
}
