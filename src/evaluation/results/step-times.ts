// What a step of a world model costs, as `npm run bench:kinds` measured it: all kinds in one run, by turns.
import { existsSync, readFileSync } from 'node:fs'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { parseJson } from '../../common/json.ts'
import { damaged } from '../../report/damaged.ts'
import type { RunSummary } from './summary.ts'

/** Where it writes. */
export const STEP_TIMES = 'bench/kinds.json'
/** Rows of the rollouts that are timed. */
export const TIMED_ROWS = [1, 64] as const

/** The part that is kept; the rest may be anything. */
const StepTimes = Type.Object({
  rows: Type.Array(
    Type.Object({
      kind: Type.String(),
      task: Type.String(),
      preset: Type.String(),
      rows: Type.Integer({ minimum: 1 }),
      millisecondsPerStep: Type.Number({ description: 'of an imagined joint step of one row' }),
    }),
  ),
})
export type StepTime = Static<typeof StepTimes>['rows'][number]

/** None where nothing was measured. DimaError `invalid_config` for a file that is none. */
export function readStepTimes(path: string): StepTime[] {
  if (!existsSync(path)) return []
  const times = parseJson(readFileSync(path, 'utf8'))
  if (Value.Check(StepTimes, times)) return times.rows
  const [error] = Value.Errors(StepTimes, times)
  throw damaged(path, `${error?.instancePath.slice(1).replaceAll('/', '.')} ${error?.message}`)
}

type Model = Pick<RunSummary, 'algorithm' | 'task' | 'preset'>

/** Of a model like this one: weights do not change what a step costs. */
export const timeOf = (times: readonly StepTime[], { algorithm, task, preset }: Model, rows: number) =>
  times.find(
    (one) => one.kind === algorithm && one.task === task && one.preset === preset && one.rows === rows,
  )?.millisecondsPerStep
