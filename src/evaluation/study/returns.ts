// Returns of runs that differ in the plan they imagined with, at equal numbers of environment steps, and their time.

import type { Hyperparameters } from '../../algorithms/dima/hyperparameters.ts'
import { DimaError } from '../../common/errors.ts'
import { median } from '../../common/statistics.ts'
import { type MetricsLine, pointsOf } from '../../report/metrics.ts'
import { type Run, readRun } from '../../report/run.ts'

export interface PlanReturns {
  plan: string
  /** whether the denoiser saw one agent alone in training, as the paper's does */
  masks: 'mixed' | 'one'
  seeds: number[]
  runs: string[]
  /** evaluation returns by seed at each number of steps, null where a run has not come so far */
  returns: { steps: number; bySeed: (number | null)[] }[]
  /** medians over the epochs in which the policy learned, then over the seeds */
  epochSeconds: number
  imagineSeconds: number
  /** of all threads */
  cpuSeconds: number
}

export const GRID = 10_000

/** Of runs of DIMA, by plan and masks, in the order of the plans' names. */
export function planReturns(folders: readonly string[]): PlanReturns[] {
  const groups = new Map<string, Run[]>()
  for (const run of folders.map(openRun)) {
    const key = Object.values(choiceOf(run)).join()
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b)).map(([, runs]) => returnsOf(runs))
}

function openRun(folder: string): Run {
  const run = readRun(folder)
  if (typeof run === 'string') throw new DimaError('invalid_config', run, { field: 'runs', given: folder })
  if (run.algorithm !== 'dima')
    throw new DimaError('invalid_config', `${folder} has no sampling plan: it is a run of ${run.algorithm}`, {
      field: 'runs',
      given: folder,
    })
  return run
}

function choiceOf({ config }: Run): Pick<PlanReturns, 'plan' | 'masks'> {
  const { behaviour, denoiser } = config.hyperparameters as Hyperparameters
  return { plan: behaviour.plan, masks: denoiser.oneAgentShare === 1 ? 'one' : 'mixed' }
}

function returnsOf(unsorted: readonly Run[]): PlanReturns {
  const runs = unsorted.toSorted((a, b) => a.config.seed - b.config.seed)
  const last = Math.max(...runs.map(({ metrics }) => evaluations(metrics).at(-1)?.[0] ?? 0))
  const grid = Array.from({ length: Math.floor(last / GRID) }, (_, i) => (i + 1) * GRID)
  const typical = (key: string) => median(runs.map(({ metrics }) => secondsOf(metrics, key)))
  return {
    ...choiceOf(runs[0]!),
    seeds: runs.map(({ config }) => config.seed),
    runs: runs.map(({ name }) => name),
    returns: grid.map((steps) => ({ steps, bySeed: runs.map(({ metrics }) => returnAt(metrics, steps)) })),
    epochSeconds: typical('seconds'),
    imagineSeconds: typical('seconds_imagine'),
    cpuSeconds: typical('cpu_seconds'),
  }
}

const evaluations = (metrics: readonly MetricsLine[]) => pointsOf(metrics, 'steps', 'evaluation_return')

/** The evaluation at `steps`, or the last one before; null before the run has come so far. */
function returnAt(metrics: readonly MetricsLine[], steps: number): number | null {
  const points = evaluations(metrics)
  if ((points.at(-1)?.[0] ?? 0) < steps) return null
  return points.findLast(([at]) => at <= steps)![1]
}

/** Of a typical epoch in which the policy learned. */
function secondsOf(metrics: readonly MetricsLine[], key: string): number {
  const lines = metrics.filter(({ seconds_imagine: spent }) => typeof spent === 'number' && spent > 0)
  return lines.length === 0 ? Number.NaN : median(lines.map((line) => Number(line[key])))
}
