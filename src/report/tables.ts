// The tables of a report, as rows of text.

import { mean, sampleDeviation } from '../common/statistics.ts'
import { evaluationsOf } from './figures/learning-curves.ts'
import type { Group, TaskRuns } from './groups.ts'
import { lastWith, stepsOf, sumOf } from './metrics.ts'
import { paperReturns, paperSteps, paperText } from './paper-returns.ts'
import type { Run } from './run.ts'
import { valueAt } from './spread.ts'
import { countText, durationText, returnText } from './text.ts'

export interface Table {
  head: string[]
  rows: string[][]
}

const NONE = '–'

export const runTable = (runs: readonly Run[]): Table => ({
  head: [
    'run',
    'task',
    'algorithm',
    'preset',
    'plan',
    'seed',
    'environment steps',
    'last evaluation: return ± deviation over episodes',
    'time',
    'steps/s',
    'cores busy',
    'commit',
  ],
  rows: runs.map(runRow),
})

function runRow({ name, algorithm, plan, config, commit, metrics }: Run): string[] {
  const [steps, seconds, cpu] = [stepsOf(metrics), sumOf(metrics, 'seconds'), sumOf(metrics, 'cpu_seconds')]
  const timed = seconds > 0
  return [
    name,
    config.task,
    algorithm,
    config.preset,
    plan ?? NONE,
    String(config.seed),
    steps < config.steps ? `${countText(steps)} of ${countText(config.steps)}` : countText(steps),
    lastEvaluation(metrics),
    timed ? durationText(seconds) : NONE,
    timed ? (steps / seconds).toFixed(1) : NONE,
    timed && cpu > 0 ? (cpu / seconds).toFixed(2) : NONE,
    commit.replace(/^([0-9a-f]{9})[0-9a-f]*/, '$1'),
  ]
}

function lastEvaluation(metrics: Run['metrics']): string {
  const line = lastWith(metrics, 'evaluation_return')
  if (!line) return NONE
  const { evaluation_return: mean, evaluation_std: std, steps } = line
  const text = returnText(Number(mean), typeof std === 'number' ? std : undefined)
  return `${text} at ${countText(Number(steps))}`
}

const CHECKPOINTS = [5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000]

/** Up to where the paper's values are. */
const checkpointsOf = (task: string): number[] => [
  ...CHECKPOINTS.filter((steps) => steps < paperSteps(task)),
  paperSteps(task),
]

/** Return of every group after round numbers of steps, above the paper's. Undefined where nothing was evaluated so far. */
export function returnTable({ task, groups }: TaskRuns): Table | undefined {
  const checkpoints = checkpointsOf(task)
  const rows = groups.map((group) => [group.name, ...checkpoints.map((steps) => returnAt(group, steps))])
  const paper = paperReturns(task).map((value) => [
    `paper, ${value.method}`,
    ...checkpoints.map((steps) => (steps === paperSteps(task) ? `${paperText(value)} (4)` : '')),
  ])
  if (rows.every((row) => row.slice(1).every((cell) => cell === NONE))) return undefined
  return { head: ['', ...checkpoints.map((steps) => `${countText(steps)} steps`)], rows: [...rows, ...paper] }
}

/** `812 ± 40 (3)`: mean and deviation over the seeds that got so far, and how many they are. */
function returnAt({ runs }: Group, steps: number): string {
  const values = runs.map((run) => valueAt(evaluationsOf(run), steps)).filter((value) => value !== undefined)
  if (values.length === 0) return NONE
  return `${returnText(mean(values), sampleDeviation(values))} (${values.length})`
}
