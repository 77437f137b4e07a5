// npm run study:plans: sequential, joint and progressive sampling by error, cost and return. Figures to bench/plans.json,
// tables and chart to docs/.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { provenance } from '../../loadtest/record.ts'
import { asDimaModel, type DimaModel } from '../../src/algorithms/dima/trained-model.ts'
import { PolicySession } from '../../src/algorithms/policy/policy.ts'
import { reopenSource } from '../../src/algorithms/reopen-source.ts'
import { runCommand } from '../../src/common/command.ts'
import { DimaError } from '../../src/common/errors.ts'
import { writeFileAtomic } from '../../src/common/files.ts'
import { replaceMarked } from '../../src/common/marked.ts'
import { noiseChart } from '../../src/evaluation/study/chart.ts'
import { DATA_SETS, type Played, playedOnce } from '../../src/evaluation/study/data-sets.ts'
import { type PlanReturns, planReturns } from '../../src/evaluation/study/returns.ts'
import {
  claimStudy,
  type DenoiserScores,
  finishedScores,
  parseDenoisers,
  type StudyOptions,
  scoreDenoiser,
  timePlans,
} from '../../src/evaluation/study/study.ts'
import {
  costTable,
  dataTable,
  errorTable,
  ratioTable,
  returnTable,
  summaryTable,
} from '../../src/evaluation/study/tables.ts'
import { readTrainedModel } from '../../src/evaluation/trained-model.ts'
import { compileGraph } from '../../src/graph/serving-graph.ts'
import { widthsOf } from '../../src/networks/dimensions.ts'

const count = (value: number, description: string, minimum = 1) =>
  Type.Integer({ default: value, minimum, description })

const Flags = Type.Object(
  {
    run: Type.String({
      default: 'runs/halfcheetah-2x3-dima-small-seed1',
      description: 'run folder whose policy plays the data sets',
    }),
    runs: Type.String({ default: '', description: 'run folders to compare returns of, separated by commas' }),
    out: Type.String({ default: '.scratch/plans', description: 'folder in which what is finished is kept' }),
    only: Type.String({
      default: '',
      description: 'denoisers to train, as policy-0.11-one, separated by commas; writes no figures',
    }),
    reportOnly: Type.Boolean({ default: false, description: 'trains nothing: figures of what is finished' }),
    episodes: count(30, 'episodes of a data set'),
    heldOut: count(5, 'of them held out'),
    updates: count(2000, 'updates of a denoiser'),
    segments: count(400, 'held-out segments'),
    rounds: count(10, 'rounds of timing, the best counts'),
    seed: count(1, 'seed of data, training and sampling', 0),
    bench: Type.String({ default: 'bench/plans.json', description: 'where to write the figures' }),
    docs: Type.String({ default: 'docs', description: 'folder of plans.md, whose tables are written anew' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

async function main(flags: Flags): Promise<void> {
  const model = asDimaModel(await readTrainedModel(flags.run))
  if (!model.networks.policy)
    throw new DimaError('invalid_config', `${flags.run} has learned no policy`, { field: 'run' })
  const { run, episodes, heldOut, segments, updates, seed } = flags
  const { preset } = model.record.config
  claimStudy(flags.out, { run, preset, episodes, heldOut, segments, updates, seed })
  const played = await playAll(model, flags)
  const { task } = model
  const own = { task, preset, ...runDenoiser(model) }
  const options = { task, preset, run: own, out: flags.out, updates, segments, seed, onUpdate: progress }
  for (const denoiser of flags.reportOnly ? [] : parseDenoisers(flags.only))
    console.log(errorTable([await scoreDenoiser(denoiser, played.get(denoiser.dataSet.name)!, options)]))
  if (flags.reportOnly || flags.only === '') await publish(flags, options, played)
}

function runDenoiser({ checkpoint: { learners, statistics } }: DimaModel) {
  const { p: parameters, updates } = learners.denoiser
  return { statistics, parameters, updates }
}

/** The source is where the run's record says. */
const NOT_MOVED = { env: '', envTokenVariable: '', envs: 0, dataset: '' }

/** All at once: the run may go on, and its policy change, while the denoisers are trained. */
async function playAll(model: DimaModel, flags: Flags): Promise<Map<string, Played>> {
  const close: (() => Promise<void>)[] = []
  const open = async () => {
    const source = await reopenSource(model.record, NOT_MOVED, model.task.episodeLimit)
    const policy = await PolicySession.open(compileGraph(model, 'policy'), widthsOf(model.task))
    close.push(
      () => source.close(),
      () => policy.close(),
    )
    return { source: { play: source.play!.bind(source) }, policy }
  }
  const played = new Map<string, Played>()
  for (const dataSet of DATA_SETS)
    played.set(dataSet.name, await playedOnce(join(flags.out, 'episodes'), dataSet, open, flags))
  for (const one of close) await one()
  keepPolicy(flags, model)
  return played
}

/** Of which policy the data sets are. */
function keepPolicy({ out }: Flags, { checkpoint }: DimaModel): void {
  const file = join(out, 'policy.json')
  if (!existsSync(file))
    writeFileAtomic(file, `${JSON.stringify({ environmentSteps: checkpoint.environmentSteps })}\n`)
}

/** Writes the tables of what there is, of a study that is not finished too. */
async function publish(
  flags: Flags,
  options: StudyOptions,
  played: ReadonlyMap<string, Played>,
): Promise<void> {
  const scores = finishedScores(flags.out)
  if (scores.length === 0)
    throw new DimaError('invalid_config', `${flags.out} has no finished denoiser`, { field: 'reportOnly' })
  const costs = await timePlans(played.get(DATA_SETS[0]!.name)!, options, flags.rounds)
  const returns = planReturns(flags.runs.split(',').filter(Boolean))
  const policy = JSON.parse(readFileSync(join(flags.out, 'policy.json'), 'utf8'))
  const { episodes, heldOut, segments, updates, seed } = flags
  const notes = {
    task: options.task.name,
    preset: options.preset,
    policy,
    episodes,
    heldOut,
    segments,
    updates,
  }
  const command = `npm run study:plans -- ${process.argv.slice(2).join(' ')}`.trim()
  const whole = { ...provenance(command), ...notes, seed, scores, costs, returns }
  writeFileAtomic(flags.bench, `${JSON.stringify(whole, null, 2)}\n`)
  writeFileAtomic(join(flags.docs, 'plans.svg'), noiseChart(scores))
  writeTables(join(flags.docs, 'plans.md'), { scores, costs, returns })
  console.log(`written: ${flags.bench}, plans.md and plans.svg in ${flags.docs}`)
}

interface Found {
  scores: readonly DenoiserScores[]
  costs: Parameters<typeof costTable>[1]
  returns: readonly PlanReturns[]
}

function writeTables(path: string, { scores, costs, returns }: Found): void {
  const tables = {
    summary: summaryTable(scores, costs, returns),
    data: dataTable(scores),
    ratios: ratioTable(scores),
    errors: errorTable(scores),
    costs: costTable(scores, costs),
    returns: returns.length > 0 ? returnTable(returns) : 'No runs were given.',
  }
  let text = readFileSync(path, 'utf8')
  for (const [name, table] of Object.entries(tables)) text = replaceMarked(text, name, table)
  writeFileAtomic(path, text)
}

const progress = (denoiser: string, update: number, loss: number) => {
  if (update % 100 === 0) console.error(`${denoiser}: update ${update}, loss ${loss.toFixed(4)}`)
}

runCommand('study:plans', Flags, main)
