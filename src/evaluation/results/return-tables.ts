// Returns at the end of every run, and beside them what the paper's methods have.
import { unalignedTable } from '../../common/markdown.ts'
import { mean } from '../../common/statistics.ts'
import { PAPER_TASKS, paperReturns, paperText } from '../../report/paper-returns.ts'
import { valueAt } from '../../report/spread.ts'
import { countText, returnText } from '../../report/text.ts'
import { curveOf } from './figure.ts'
import type { RunSummary } from './summary.ts'
import { NONE, presetText, returnsText, stepsText } from './text.ts'

type Runs = readonly RunSummary[]

/** By seed. */
export const runsOf = (runs: Runs, task: string, algorithm: RunSummary['algorithm']): RunSummary[] =>
  runs.filter((run) => run.task === task && run.algorithm === algorithm).toSorted((a, b) => a.seed - b.seed)

/** A row a run of DIMA; a task without one has its row too. */
export function returnTable(runs: Runs): string {
  const rows = PAPER_TASKS.flatMap((task) => {
    const [ours, mappo] = [runsOf(runs, task, 'dima'), runsOf(runs, task, 'mappo')]
    if (ours.length === 0) return [[task, NONE, 'not trained', NONE, NONE, mappoAtItsEnd(mappo)]]
    return ours.map((run) => [
      task,
      `${run.seed}${presetText(run)}`,
      stepsText(run),
      returnsText(run.meanActions),
      returnsText(run.sampledActions),
      mappoAt(mappo, run.environmentSteps),
    ])
  })
  return unalignedTable([
    ['task', 'seed', 'steps', 'mean actions', 'sampled actions', 'our MAPPO, as many steps'],
    ...rows,
  ])
}

/** Straight between two evaluations, mean over the seeds that got so far. */
function mappoAt(runs: Runs, steps: number): string {
  const values = runs.map((run) => valueAt(curveOf(run), steps)).filter((value) => value !== undefined)
  if (values.length > 0) return `${returnText(mean(values))} (${seedsText(values.length)})`
  return mappoAtItsEnd(runs)
}

function mappoAtItsEnd(runs: Runs): string {
  const ends = runs.flatMap((run) => curveOf(run).slice(-1))
  if (ends.length === 0) return 'not run'
  const steps = ends.map(([at]) => countText(at)).join(' and ')
  return `${returnText(mean(ends.map(([, value]) => value)))} (${seedsText(ends.length)}, at ${steps} steps)`
}

const seedsText = (count: number) => (count === 1 ? '1 seed' : `${count} seeds`)

const METHODS = ['DIMA', 'MARIE', 'MAMBA', 'HASAC', 'HAPPO', 'MAPPO']

/** The paper's table, with the end of our runs before it: mean actions, mean over seeds. */
export function paperTable(runs: Runs): string {
  const rows = PAPER_TASKS.map((task) => [task, ours(runsOf(runs, task, 'dima')), ...published(task)])
  return unalignedTable([['task', 'ours', ...METHODS], ...rows])
}

function ours(runs: Runs): string {
  const ended = runs.filter(({ meanActions }) => meanActions)
  if (ended.length === 0) return 'not trained'
  const steps = [...new Set(ended.map(({ environmentSteps }) => countText(environmentSteps)))].join(', ')
  const returns = ended.map(({ meanActions }) => meanActions!.mean)
  return `${returnText(mean(returns))} at ${steps} (${seedsText(ended.length)})`
}

function published(task: string): string[] {
  const values = paperReturns(task)
  return METHODS.map((name) => {
    const value = values.find(({ method }) => method === name)
    return value ? paperText(value) : NONE
  })
}
