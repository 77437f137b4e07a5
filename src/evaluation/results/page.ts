// The parts of docs/results.md that are made from summaries; the rest is written by hand.
import { replaceMarked } from '../../common/marked.ts'
import { curveTable } from './curve-table.ts'
import { errorTable, imaginationTable } from './model-tables.ts'
import { paperTable, returnTable } from './return-tables.ts'
import { runTable, sourceList } from './run-table.ts'
import type { StepTime } from './step-times.ts'
import type { RunSummary } from './summary.ts'

const PARTS: Record<string, (runs: readonly RunSummary[], times: readonly StepTime[]) => string> = {
  returns: returnTable,
  curves: curveTable,
  paper: paperTable,
  errors: errorTable,
  imagination: imaginationTable,
  runs: runTable,
  sources: sourceList,
}

/** The page with all its parts written anew. DimaError `invalid_config` where marks of one are missing. */
export const withResults = (
  page: string,
  runs: readonly RunSummary[],
  times: readonly StepTime[] = [],
): string =>
  Object.entries(PARTS).reduce((text, [name, write]) => replaceMarked(text, name, write(runs, times)), page)
