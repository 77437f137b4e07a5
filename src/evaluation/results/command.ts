// What `npm run results` does, by its flags: summaries of run folders, and the page and figure of all summaries.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { DimaError } from '../../common/errors.ts'
import { writeFileAtomic } from '../../common/files.ts'
import { PAPER_TASKS } from '../../report/paper-returns.ts'
import { resultsFigure } from './figure.ts'
import { withResults } from './page.ts'
import { readStepTimes, STEP_TIMES } from './step-times.ts'
import { summarise } from './summarise.ts'
import { type RunSummary, readSummaries, writeSummary } from './summary.ts'

export const ResultsFlags = Type.Object(
  {
    add: Type.Boolean({ default: false, description: 'first sums up the run folders that are named' }),
    summaries: Type.String({ default: 'bench/runs', description: 'folder of the summaries' }),
    times: Type.String({
      default: STEP_TIMES,
      description: 'what npm run bench:kinds wrote, if it did',
    }),
    docs: Type.String({ default: 'docs', description: 'folder of results.md and tasks.svg' }),
  },
  { additionalProperties: false },
)
export type ResultsFlags = Static<typeof ResultsFlags>

/**
 * What there is to print. DimaError `invalid_config` before anything is written.
 * @param onSkipped gets why something of a run is left out
 */
export function resultsCommand(
  folders: readonly string[],
  { add, summaries, times, docs }: ResultsFlags,
  onSkipped: (why: string) => void,
): string {
  if (add !== folders.length > 0)
    throw new DimaError(
      'invalid_config',
      'run folders come with --add: npm run results -- --add runs/x runs/y',
    )
  const written = folders
    .map((path) => summariseTask(path, onSkipped))
    .map((summary) => writeSummary(summaries, summary))
  const runs = readSummaries(summaries)
  const page = join(docs, 'results.md')
  const text = withResults(readFileSync(page, 'utf8'), runs, readStepTimes(times))
  writeFileAtomic(join(docs, 'tasks.svg'), resultsFigure(runs))
  writeFileAtomic(page, text)
  return `written: ${[...written, page, join(docs, 'tasks.svg')].join(', ')}, from ${runs.length} runs`
}

function summariseTask(path: string, onSkipped: (why: string) => void): RunSummary {
  const summary = summarise(path, onSkipped)
  if (PAPER_TASKS.includes(summary.task)) return summary
  throw new DimaError('invalid_config', `${path}: the page has no task ${summary.task}`, {
    field: 'task',
    given: summary.task,
  })
}
