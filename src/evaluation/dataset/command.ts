// What `npm run dataset` does, by its flags.
import Type, { type Static } from 'typebox'
import { DimaError } from '../../common/errors.ts'
import { demandEqualAgents } from '../../env/task-spec.ts'
import { Dataset } from '../../episodes/dataset/dataset.ts'
import { convertDataset } from '../../episodes/dataset/foreign/convert.ts'
import { MINARI_FORMS, type SeenEpisode, writeMinari } from '../../episodes/dataset/minari.ts'
import { datasetTable } from '../../episodes/dataset/table.ts'
import { type Described, writeDataset } from '../../episodes/dataset/write.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import { sourceFlags } from '../../episodes/sources/flags.ts'
import { openSource } from '../../episodes/sources/open-source.ts'
import { RANDOM_STD } from '../../episodes/sources/random-actions.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { openRepository } from '../../registry/repository.ts'
import type { Reporter } from '../../runs/progress.ts'
import { RunFolder } from '../../runs/run-folder.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { fromModel, seenAfter } from './from-model.ts'

const { env, envTokenVariable, envs } = sourceFlags
const FORMS = ['ours', ...MINARI_FORMS] as const
const MODES = ['sample', 'mean'] as const

export const DatasetFlags = Type.Object(
  {
    run: Type.String({ default: '', description: 'write the episodes of this run folder' }),
    task: Type.String({ default: '', description: 'write fresh episodes of this environment' }),
    fromModel: Type.String({
      default: '',
      description: 'write episodes that this published model imagines: NAME, NAME/VERSION or NAME@LABEL',
    }),
    true: Type.Boolean({
      default: false,
      description: 'with --from-model: those that its policy plays in its environment instead',
    }),
    mode: Type.Enum(MODES, { default: 'sample', description: "actions of the model's policy" }),
    horizon: Type.Integer({
      default: 0,
      minimum: 0,
      description: "most steps of an imagined episode; 0: the model's horizon, which is the most there is",
    }),
    models: Type.String({ default: 'models', description: 'models folder of --from-model' }),
    episodes: Type.Integer({ default: 10, minimum: 1, description: 'how many of --task or --from-model' }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'seed of these episodes' }),
    env,
    envTokenVariable,
    envs,
    form: Type.Enum(FORMS, {
      default: 'ours',
      description: 'ours: a file; minari, minari-joint: a folder for Minari, by agent or as one agent',
    }),
    out: Type.String({ default: '', description: 'file or folder to write' }),
    check: Type.String({ default: '', description: 'say what this file holds, or why it is of no use' }),
    convert: Type.String({ default: '', description: 'write this file of D4RL or robomimic anew as --out' }),
  },
  { additionalProperties: false },
)
export type DatasetFlags = Static<typeof DatasetFlags>

/** What there is to print. */
export async function datasetCommand(flags: DatasetFlags, reporter: Reporter): Promise<string> {
  const { run, task, check, convert, out } = flags
  if ([run, task, check, convert, flags.fromModel].filter(Boolean).length !== 1)
    throw new DimaError('invalid_config', 'give one of --run, --task, --from-model, --convert and --check')
  if (check) return checkFile(check, reporter)
  if (!out) throw new DimaError('invalid_config', 'say where to write with --out', { field: 'out' })
  if (convert) return convertFile(convert, flags)
  if (run) return writeRun(run, flags)
  return flags.fromModel ? writeModel(flags) : writeFresh(flags, reporter)
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

async function convertFile(path: string, { form, out }: DatasetFlags): Promise<string> {
  if (form !== 'ours')
    throw new DimaError('invalid_config', '--convert writes our own form', { field: 'form' })
  const { layout, episodes, left } = await convertDataset(path, out)
  const pictures = left.length > 0 ? `; pictures are left out: ${left.join(', ')}` : ''
  return `${episodes} episodes of ${layout}'s layout written to ${out}${pictures}`
}

type Episodes = AsyncIterable<SeenEpisode> | Iterable<SeenEpisode>

async function write({ form, out }: DatasetFlags, task: Described, episodes: Episodes): Promise<string> {
  if (form === 'ours') return `${await writeDataset(out, task, episodes)} episodes written to ${out}`
  const { episodes: count, cut } = await writeMinari(out, task, episodes, form)
  const told = `: what is seen after them is not known`
  return `${count} episodes written to ${out}${cut > 0 ? `, without the last steps of ${cut}${told}` : ''}`
}

async function writeModel(flags: DatasetFlags): Promise<string> {
  const repository = await openRepository(flags.models, KINDS)
  const bundle = repository.resolve(flags.fromModel.replace('/', '@'))
  return fromModel(bundle, flags, (task, episodes) => write(flags, task, episodes))
}

async function writeRun(path: string, flags: DatasetFlags): Promise<string> {
  const folder = new RunFolder(path)
  const { task: spec, origin } = folder.record()
  demandEqualAgents(spec) // a run pads what is shorter, a file does not
  const episodes = runEpisodes(folder)
  const asks = flags.form !== 'ours' && origin.kind === 'environment'
  return write(flags, { spec }, asks ? seenAfter(episodes, spec) : episodes)
}

/** Everything that a run has collected. */
function* runEpisodes(folder: RunFolder): Generator<Episode> {
  for (let i = 0; folder.hasEpisode(i); i++) yield folder.loadEpisode(i)
}

async function writeFresh(flags: DatasetFlags, reporter: Reporter): Promise<string> {
  const { episodes } = flags
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
    const played = playEpisodes(source, episodes, onEpisode)
    return await write(flags, source, flags.env ? played : seenAfter(played, source.spec))
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
