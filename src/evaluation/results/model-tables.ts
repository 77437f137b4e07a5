// How well world models imagine: states on held-out episodes against persistence, rewards and ends against true ones.
import { unalignedTable } from '../../common/markdown.ts'
import { mean } from '../../common/statistics.ts'
import { PAPER_TASKS } from '../../report/paper-returns.ts'
import { SET_NAMES, type SetName } from '../sets/names.ts'
import { runsOf } from './return-tables.ts'
import { type StepTime, TIMED_ROWS, timeOf } from './step-times.ts'
import type { ModelErrors, RunSummary } from './summary.ts'
import { marked, NONE, presetText, stepsText } from './text.ts'

type Runs = readonly RunSummary[]
type Error = Pick<ModelErrors, 'oneStep' | 'sum'>

const NAMES: Record<SetName, string> = {
  random: 'random actions',
  sampled: 'own policy, sampled actions',
  mean: 'own policy, mean actions',
}

/** Those whose policies learn in a world model. */
const MODELS = ['dima', 'mamba', 'marie'] as const

/** Aims of one step, and of the sum of 15: DIMA's. */
const AIMS: Record<string, Record<SetName, Error>> = {
  'HalfCheetah-2x3': {
    random: { oneStep: 0.04, sum: 1.2 },
    sampled: { oneStep: 0.05, sum: 1.8 },
    mean: { oneStep: 0.04, sum: 1.5 },
  },
}

/** A row a run of a world model: error of one step / sum over the horizon, persistence in brackets. */
export function errorTable(runs: Runs, times: readonly StepTime[] = []): string {
  const measured = rowsOf(runs, (run) => [
    stepsText(run),
    ...SET_NAMES.map((set) => errorCell(run, set)),
    timeCell(times, run),
  ])
  const aims = Object.entries(AIMS).map(([task, sets]) => [
    `aim, ${task}`,
    ...['dima', '', ''],
    ...SET_NAMES.map((set) => `${sets[set].oneStep} / ${sets[set].sum}`),
    '',
  ])
  const time = `ms a step, ${TIMED_ROWS.join(' / ')} rows`
  const head = ['task', 'model', 'seed', 'steps', ...SET_NAMES.map((set) => NAMES[set]), time]
  return unalignedTable([head, ...measured, ...aims]) + missing(runs)
}

const rowsOf = (runs: Runs, cells: (run: RunSummary) => string[]): string[][] =>
  PAPER_TASKS.flatMap((task) =>
    MODELS.flatMap((model) =>
      runsOf(runs, task, model).map((run) => [task, model, `${run.seed}${presetText(run)}`, ...cells(run)]),
    ),
  )

function timeCell(times: readonly StepTime[], run: RunSummary): string {
  const found = TIMED_ROWS.map((rows) => timeOf(times, run, rows))
  if (found.every((time) => time === undefined)) return 'not measured'
  return found.map((time) => time?.toPrecision(2) ?? NONE).join(' / ')
}

/** Tasks that DIMA has no row of. */
function missing(runs: Runs): string {
  const tasks = PAPER_TASKS.filter((task) => runsOf(runs, task, 'dima').length === 0)
  return tasks.length > 0 ? `\n\nDIMA was not trained in: ${tasks.join(', ')}.` : ''
}

function errorCell({ task, algorithm, errors }: RunSummary, set: SetName): string {
  const found = errors.find((one) => one.set === set)
  if (!found) return 'not measured'
  const aim = algorithm === 'dima' ? AIMS[task]?.[set] : undefined
  const text = (error: Error) => `${error.oneStep.toFixed(3)} / ${error.sum.toFixed(2)}`
  const missed = aim !== undefined && (found.oneStep > aim.oneStep || found.sum > aim.sum)
  return `${marked(text(found), missed)} (${text(found.persistence)})`
}

/** Of what is imagined: the reward's relative error, and the factor between rates of ends. */
const MOST = { rewardError: 0.1, endFactor: 1.5 }
/** of training: its last tenth */
const LAST_STRETCHES = 4

const IMAGINATION_HEAD = [
  'task',
  'model',
  'seed',
  'reward a step, imagined / true',
  'relative error',
  'in training: reward, imagined / played',
  'ends in 1,000 steps, imagined / played',
]

export function imaginationTable(runs: Runs): string {
  const rows = rowsOf(runs, (run) => [...rewardCells(run), ...trainingCells(run)])
  return unalignedTable([IMAGINATION_HEAD, ...rows]) + missing(runs)
}

function rewardCells({ reward }: RunSummary): string[] {
  if (!reward) return ['not measured', NONE]
  const { imagined, real, relativeError } = reward
  const percent = `${(100 * relativeError).toFixed(1)} %`
  return [`${imagined.toFixed(3)} / ${real.toFixed(3)}`, marked(percent, relativeError > MOST.rewardError)]
}

function trainingCells({ imagination }: RunSummary): string[] {
  const last = imagination.slice(-LAST_STRETCHES)
  if (last.length === 0) return ['not recorded', 'not recorded']
  const of = (key: keyof (typeof last)[number]) => mean(last.map((stretch) => stretch[key]))
  const [imagined, played] = [of('imaginedEnds'), of('playedEnds')]
  const ends = `${(1000 * imagined).toFixed(1)} / ${(1000 * played).toFixed(1)}`
  return [
    `${of('imaginedReward').toFixed(3)} / ${of('playedReward').toFixed(3)}`,
    marked(ends, farApart(imagined, played)),
  ]
}

const farApart = (a: number, b: number) => Math.max(a, b) > MOST.endFactor * Math.min(a, b)
