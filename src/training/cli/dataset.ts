// npm run dataset: writes recorded episodes as a file, from a run or fresh ones of the random policy; says what a file holds.
import Type, { type Static } from 'typebox'
import { runCommand } from '../../common/command.ts'
import { DimaError } from '../../common/errors.ts'
import { agentSizes } from '../../env/task-spec.ts'
import { Dataset } from '../dataset/dataset.ts'
import { datasetTable } from '../dataset/table.ts'
import { writeDataset } from '../dataset/write.ts'
import { createReporter, type Reporter } from '../progress.ts'
import { playEpisodes, runEpisodes } from '../recorded-episodes.ts'
import { RunFolder } from '../run-folder.ts'
import { sourceFlags } from '../sources/flags.ts'
import { openSource } from '../sources/open-source.ts'
import { presetOf } from '../train-config.ts'

const { dataset: _, ...environmentFlags } = sourceFlags

const DatasetFlags = Type.Object(
  {
    run: Type.String({ default: '', description: 'write the episodes of this run folder' }),
    task: Type.String({ default: '', description: 'write fresh episodes of this environment' }),
    episodes: Type.Integer({ default: 10, minimum: 1, description: 'how many of --task' }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'seed of the episodes of --task' }),
    ...environmentFlags,
    out: Type.String({ default: '', description: 'file to write' }),
    check: Type.String({
      default: '',
      description: 'say what this file or folder holds, or why it is of no use',
    }),
  },
  { additionalProperties: false },
)
type DatasetFlags = Static<typeof DatasetFlags>

async function main(flags: DatasetFlags): Promise<void> {
  const given = [flags.run, flags.task, flags.check].filter(Boolean).length
  if (given !== 1) throw new DimaError('invalid_config', 'give one of --run, --task and --check')
  const reporter = createReporter()
  if (flags.check) return check(flags.check, reporter)
  if (!flags.out) throw new DimaError('invalid_config', 'say where to write with --out', { field: 'out' })
  const count = flags.run ? await writeRun(flags.run, flags.out) : await writeFresh(flags, reporter)
  console.log(`${count} episodes written to ${flags.out}`)
}

async function check(path: string, reporter: Reporter): Promise<void> {
  const dataset = await Dataset.open(path, (done, all) => reporter.status(`${done} of ${all} episodes`))
  dataset.close()
  console.log(datasetTable(dataset))
  agentSizes(dataset.spec) // last, so that the table shows which agents differ
}

function writeRun(path: string, out: string): Promise<number> {
  const folder = new RunFolder(path)
  return writeDataset(out, folder.record().task, runEpisodes(folder))
}

async function writeFresh(flags: DatasetFlags, reporter: Reporter): Promise<number> {
  const { episodes, policyStd } = { ...flags, policyStd: presetOf('small').policyStd }
  const steps = 1000 * episodes
  const source = await openSource({ ...flags, dataset: '', heldOut: 0, policyStd, steps })
  try {
    const played = playEpisodes(source, episodes, (done) =>
      reporter.status(`${done} of ${episodes} episodes`),
    )
    return await writeDataset(flags.out, source.spec, played)
  } finally {
    await source.close()
  }
}

runCommand('dataset', DatasetFlags, main)
