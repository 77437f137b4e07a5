// What a run leaves behind, to compare: all of it but how long things took.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Checkpoint } from '../../src/algorithms/dima/checkpoint.ts'
import type { MetricLine } from '../../src/learning/learner.ts'
import { loadCheckpoint, saveCheckpoint } from '../../src/runs/checkpoint.ts'

const metricsOf = (folder: string): MetricLine[] =>
  readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** The lines of metrics.jsonl that say no times. */
export const linesOf = (folder: string): MetricLine[] =>
  metricsOf(folder).filter((line) => !('seconds' in line))

/** Those that do, one an epoch. */
export const timesOf = (folder: string): MetricLine[] => metricsOf(folder).filter((line) => 'seconds' in line)

export const checkpointOf = (folder: string) =>
  loadCheckpoint<Checkpoint>(join(folder, 'checkpoint.msgpack'))!

/** Checkpoint and metrics without times, and all episodes: equal runs have the same bytes. */
export function resultOf(folder: string) {
  const timeless = join(folder, 'timeless')
  saveCheckpoint(timeless, { ...checkpointOf(folder), seconds: 0.5 })
  const bytesOf = (file: string) => readFileSync(join(folder, file)).toString('base64')
  return {
    checkpoint: bytesOf('timeless'),
    metrics: linesOf(folder).map((line) => JSON.stringify(line)),
    episodes: readdirSync(join(folder, 'episodes'))
      .sort()
      .map((name) => `${name} ${bytesOf(`episodes/${name}`)}`),
  }
}
