// What a run came to, in a few kilobytes: its curves thinned, its scores, its time. Such files are committed; the page of
// results and its figure are made of them alone.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { DimaError } from '../../common/errors.ts'
import { makeFolder, writeFileAtomic } from '../../common/files.ts'
import { parseJson } from '../../common/json.ts'
import { damaged } from '../../report/damaged.ts'
import { SET_NAMES } from '../sets/names.ts'

const FORMAT = 1

/** Those that learn a policy, in the order in which they are shown. */
export const SHOWN = ['dima', 'mappo', 'happo', 'hasac', 'mamba', 'marie'] as const

const Steps = Type.Integer({ minimum: 0, description: 'environment steps' })
const optional = Type.Optional
/** What was recorded; an old run may have no more than a mean. */
const Returns = Type.Object({
  mean: Type.Number({ description: 'undiscounted return of the team' }),
  std: optional(Type.Number({ description: 'over episodes' })),
  episodes: optional(Type.Integer({ minimum: 1 })),
  success: optional(Type.Number({ description: 'share of them in which the task was done' })),
  /** evaluate: `npm run evaluate`; training: its last evaluation, or the last episodes it played */
  by: Type.Enum(['evaluate', 'training']),
})
export type Returns = Static<typeof Returns>

/** L1 in standard deviations of the set's states, mean over entries: of one step, and summed over `horizon` steps. */
const Errors = { oneStep: Type.Number(), sum: Type.Number() }

const ModelErrors = Type.Object({
  set: Type.Enum(SET_NAMES),
  plan: Type.String(),
  seed: Type.Integer(),
  horizon: Type.Integer({ minimum: 1 }),
  episodes: Type.Integer({ minimum: 1 }),
  segments: Type.Integer({ minimum: 1 }),
  ...Errors,
  persistence: Type.Object(Errors),
})
export type ModelErrors = Static<typeof ModelErrors>

const RunSummary = Type.Object(
  {
    format: Type.Literal(FORMAT),
    task: Type.String(),
    algorithm: Type.Enum(SHOWN),
    preset: Type.String(),
    seed: Type.Integer({ minimum: 0 }),
    /** where the figures come from, of a run whose folder is gone */
    source: optional(Type.String()),
    command: optional(Type.String()),
    commit: optional(Type.String()),
    startedAt: optional(Type.String()),
    /** hyper-parameters and sizes that were not the preset's when this was written, by dotted name */
    changed: optional(Type.Record(Type.String(), Type.Unknown())),
    plannedSteps: Steps,
    environmentSteps: Steps,
    epochs: optional(Type.Integer({ minimum: 0 })),
    /** updates each network has had */
    updates: optional(Type.Record(Type.String(), Type.Integer())),
    seconds: optional(Type.Number()),
    /** of all threads */
    processorSeconds: optional(Type.Number()),
    /** at the end */
    meanActions: optional(Returns),
    sampledActions: optional(Returns),
    /** mean reward of a step from the same start windows, sampled actions */
    reward: optional(
      Type.Object({
        imagined: Type.Number(),
        real: Type.Number(),
        /** their difference in units of the real one, or of its deviation where that is larger */
        relativeError: Type.Number(),
      }),
    ),
    errors: Type.Array(ModelErrors),
    /** evaluations with mean actions: steps, mean return, deviation over episodes where it is known */
    evaluations: Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 3 })),
    /** episodes that were played with sampled actions: steps, mean return of those that ended in the stretch before */
    played: Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
    /** by stretch: imagined and played reward of a step, imagined and played ends a step; episodes of exploration left out */
    imagination: Type.Array(
      Type.Object({
        steps: Type.Number(),
        imaginedReward: Type.Number(),
        playedReward: Type.Number(),
        imaginedEnds: Type.Number(),
        playedEnds: Type.Number(),
      }),
    ),
  },
  { additionalProperties: false },
)
export type RunSummary = Static<typeof RunSummary>

/** DimaError `invalid_config` for a file that is none. */
export function readSummary(path: string): RunSummary {
  const summary = parseJson(readFileSync(path, 'utf8'))
  if (Value.Check(RunSummary, summary)) return summary
  const [error] = Value.Errors(RunSummary, summary)
  throw damaged(path, `${error?.instancePath.slice(1).replaceAll('/', '.')} ${error?.message}`)
}

/** All of a folder, by the names of their files. */
export const readSummaries = (folder: string): RunSummary[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readSummary(join(folder, name)))

export const summaryFile = ({ task, algorithm, preset, seed }: RunSummary): string =>
  `${task.toLowerCase()}-${algorithm}${preset === 'small' ? '' : `-${preset}`}-seed${seed}.json`

/**
 * A summary of the same run is written anew. @returns the path
 * DimaError `invalid_config` where the file is another run's: what is shown shall not change by accident.
 */
export function writeSummary(folder: string, summary: RunSummary): string {
  const path = join(folder, summaryFile(summary))
  if (existsSync(path) && readSummary(path).startedAt !== summary.startedAt)
    throw new DimaError(
      'invalid_config',
      `${path} is of another run of its task, algorithm and seed: delete it first`,
    )
  makeFolder(folder)
  writeFileAtomic(path, summaryText(summary))
  return path
}

/** A line a field, and one a row of the long lists: a change shows in few lines. */
export function summaryText(summary: RunSummary): string {
  const fields = Object.entries(summary).filter(([, value]) => value !== undefined)
  return `{\n${fields.map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n')}\n}\n`
}
