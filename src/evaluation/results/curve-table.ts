// Every algorithm at the same environment steps: how far its evaluations with mean actions were by then.
import { unalignedTable } from '../../common/markdown.ts'
import { PAPER_TASKS } from '../../report/paper-returns.ts'
import { valueAt } from '../../report/spread.ts'
import { countText, returnText } from '../../report/text.ts'
import { curveOf } from './figure.ts'
import { runsOf } from './return-tables.ts'
import { type RunSummary, SHOWN } from './summary.ts'
import { NONE, presetText } from './text.ts'

const STEPS = [20_000, 50_000, 100_000, 300_000, 1_000_000]

/** A row a run; tasks without any have none. */
export function curveTable(runs: readonly RunSummary[]): string {
  const rows = PAPER_TASKS.flatMap((task) =>
    SHOWN.flatMap((algorithm) =>
      runsOf(runs, task, algorithm).map((run) => [
        task,
        `${algorithm}${presetText(run)}`,
        String(run.seed),
        ...STEPS.map((steps) => returnAt(run, steps)),
        lastOf(run),
      ]),
    ),
  )
  return unalignedTable([['task', 'algorithm', 'seed', ...STEPS.map(countText), 'last'], ...rows])
}

/** Straight between two evaluations. */
function returnAt(run: RunSummary, steps: number): string {
  const value = valueAt(curveOf(run), steps)
  return value === undefined ? NONE : returnText(value)
}

function lastOf(run: RunSummary): string {
  const last = curveOf(run).at(-1)
  return last ? `${returnText(last[1])} at ${countText(last[0])}` : NONE
}
