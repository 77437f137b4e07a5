// What a report reads of a run folder: config.json, metrics.jsonl as far as it is written, evaluation.json.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { damaged } from './damaged.ts'
import { Errors } from './figures/error-panels.ts'
import { type MetricsLine, readMetrics } from './metrics.ts'

const Hyperparameters = Type.Object({
  behaviour: Type.Optional(Type.Object({ plan: Type.Optional(Type.String()) })),
})

/** The part of config.json that reports need; the rest may be anything. */
const Recorded = Type.Object({
  config: Type.Object({
    algorithm: Type.Optional(Type.String()),
    task: Type.String(),
    preset: Type.String(),
    seed: Type.Integer(),
    steps: Type.Integer(),
    hyperparameters: Type.Optional(Hyperparameters),
  }),
  commit: Type.Optional(Type.String()),
})
type RecordedConfig = Static<typeof Recorded>['config']

export interface Run {
  /** of its folder; all of its path where several folders have the name */
  name: string
  /** runs of one group differ in their seed alone */
  group: string
  algorithm: string
  /** how its policy imagined, where it did */
  plan: string | undefined
  config: RecordedConfig
  commit: string
  metrics: MetricsLine[]
  errors: Errors | undefined
}

/** The runs among the folders, and why the others are none. */
export function readRuns(paths: readonly string[]): { runs: Run[]; skipped: string[] } {
  const distinct = new Map(paths.map((path) => [resolve(path), path])).values()
  const read = [...distinct].map((path) => ({ path, run: readRun(path) }))
  const found = read.flatMap(({ path, run }) => (typeof run === 'string' ? [] : { path, run }))
  const isShared = ({ name }: Run) => found.filter(({ run }) => run.name === name).length > 1
  return {
    runs: found.map(({ path, run }) => (isShared(run) ? { ...run, name: path } : run)),
    skipped: read.map(({ run }) => run).filter((run) => typeof run === 'string'),
  }
}

/** A run, or why the folder is none. Damaged figures of a run are errors. */
export function readRun(path: string): Run | string {
  const file = (name: string) => join(path, name)
  if (!existsSync(file('config.json'))) return `${path} is not a run folder: it has no config.json`
  const recorded = recordedIn(file('config.json'))
  if (typeof recorded === 'string')
    return `${path} is not a run folder: its config.json is none of a run, ${recorded}`
  const { config, commit = 'unknown' } = recorded
  const algorithm = config.algorithm ?? 'world-model' // runs from before there were others
  const plan = algorithm === 'dima' ? config.hyperparameters?.behaviour?.plan : undefined
  return {
    name: basename(resolve(path)),
    group: [algorithm, config.preset, plan].filter(Boolean).join(' '),
    algorithm,
    plan,
    config,
    commit,
    metrics: existsSync(file('metrics.jsonl')) ? readMetrics(file('metrics.jsonl')) : [],
    errors: existsSync(file('evaluation.json')) ? readErrors(file('evaluation.json')) : undefined,
  }
}

/** What config.json says, or why it says nothing of a run. */
function recordedIn(path: string): Static<typeof Recorded> | string {
  try {
    const recorded: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return Value.Check(Recorded, recorded) ? recorded : firstFault(Recorded, recorded)
  } catch (error) {
    return (error as Error).message
  }
}

function readErrors(path: string): Errors {
  const errors = readJson(path)
  if (!Value.Check(Errors, errors)) throw damaged(path, firstFault(Errors, errors))
  return errors
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw damaged(path, (error as Error).message)
  }
}

function firstFault(schema: TSchema, value: unknown): string {
  const [error] = Value.Errors(schema, value)
  return `${error?.instancePath.slice(1).replaceAll('/', '.')} ${error?.message}`
}
