// What a report reads of a run folder: config.json, metrics.jsonl as far as it is written, evaluation.json.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { Scores } from '../registry/manifest.ts'
import { damaged } from './damaged.ts'
import { type MetricsLine, readMetrics } from './metrics.ts'

/** The part of config.json that reports need; the rest may be anything. */
const Recorded = Type.Object({
  config: Type.Object({
    algorithm: Type.Optional(Type.String()),
    task: Type.String(),
    preset: Type.String(),
    plan: Type.Optional(Type.String()),
    seed: Type.Integer(),
    steps: Type.Integer(),
    hyperparameters: Type.Optional(Type.Unknown()),
  }),
  commit: Type.Optional(Type.String()),
})
type RecordedConfig = Static<typeof Recorded>['config']

export interface Run {
  /** of its folder */
  name: string
  /** runs of one group differ in their seed alone */
  group: string
  algorithm: string
  config: RecordedConfig
  commit: string
  metrics: MetricsLine[]
  scores: Scores | undefined
}

/** A run, or why the folder is none. Damaged files of a run are errors. */
export function readRun(path: string): Run | string {
  const file = (name: string) => join(path, name)
  if (!existsSync(file('config.json'))) return `${path} is not a run folder: it has no config.json`
  const recorded: unknown = readJson(file('config.json'))
  if (!Value.Check(Recorded, recorded)) throw damaged(file('config.json'), firstFault(Recorded, recorded))
  const { config, commit = 'unknown' } = recorded
  const algorithm = config.algorithm ?? 'world-model' // runs from before there were others
  return {
    name: basename(resolve(path)),
    group: [algorithm, config.preset, config.plan].filter(Boolean).join(' '),
    algorithm,
    config,
    commit,
    metrics: existsSync(file('metrics.jsonl')) ? readMetrics(file('metrics.jsonl')) : [],
    scores: existsSync(file('evaluation.json')) ? readScores(file('evaluation.json')) : undefined,
  }
}

function readScores(path: string): Scores {
  const scores = readJson(path)
  if (!Value.Check(Scores, scores)) throw damaged(path, firstFault(Scores, scores))
  return scores
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
