// What every run cost, and how to make it again.
import { unalignedTable } from '../../common/markdown.ts'
import { PAPER_TASKS } from '../../report/paper-returns.ts'
import { durationText } from '../../report/text.ts'
import { runsOf } from './return-tables.ts'
import { type RunSummary, SHOWN } from './summary.ts'
import { presetText, stepsText } from './text.ts'

export function runTable(runs: readonly RunSummary[]): string {
  const rows = inOrder(runs).map((run) => [
    run.task,
    `${run.algorithm}${presetText(run)}`,
    String(run.seed),
    stepsText(run),
    timeText(run.seconds),
    timeText(run.processorSeconds),
    perStep(run),
    run.command ? `\`${run.command}\`` : 'not recorded',
    run.commit ? `\`${run.commit.slice(0, 9)}\`` : 'not recorded',
  ])
  return unalignedTable([
    [
      'task',
      'algorithm',
      'seed',
      'steps',
      'time',
      'processor time',
      'processor seconds for 1,000 steps',
      'command',
      'commit',
    ],
    ...rows,
  ])
}

const inOrder = (runs: readonly RunSummary[]) =>
  PAPER_TASKS.flatMap((task) => SHOWN.flatMap((algorithm) => runsOf(runs, task, algorithm)))

const timeText = (seconds: number | undefined) =>
  seconds === undefined ? 'not recorded' : durationText(seconds)

const perStep = ({ processorSeconds, environmentSteps }: RunSummary) =>
  processorSeconds === undefined ? '–' : ((1000 * processorSeconds) / environmentSteps).toFixed(1)

/** Of runs whose folders are gone. */
export function sourceList(runs: readonly RunSummary[]): string {
  const told = inOrder(runs).filter(({ source }) => source)
  return told
    .map(({ task, algorithm, seed, source }) => `* ${task}, ${algorithm}, seed ${seed}: ${source}`)
    .join('\n')
}
