// From a run's folder to its summary. A run that goes on is summed up as far as its checkpoint.
import { join } from 'node:path'
import { restoreConfig } from '../../algorithms/algorithms.ts'
import { DimaError } from '../../common/errors.ts'
import { deviation, mean } from '../../common/statistics.ts'
import { isSampled, lastWith, type MetricsLine, readMetrics, sumOf } from '../../report/metrics.ts'
import { loadCheckpoint } from '../../runs/checkpoint.ts'
import type { EpochsDone } from '../../runs/epoch-loop.ts'
import { noCheckpoint } from '../../runs/no-checkpoint.ts'
import { RunFolder, type RunRecord } from '../../runs/run-folder.ts'
import { changedFromPreset } from './changed.ts'
import { evaluationCurve, imaginationCurve, lastReturns, playedCurve, round } from './curves.ts'
import { readScores } from './scores.ts'
import type { Returns, RunSummary } from './summary.ts'

/** Episodes of training that stand for sampled actions where nothing was evaluated: as many as an evaluation plays. */
const LAST_EPISODES = 10

/**
 * DimaError `invalid_config` where there is nothing to sum up.
 * @param onSkipped gets why something of the folder is left out
 */
export function summarise(path: string, onSkipped: (why: string) => void = () => {}): RunSummary {
  const folder = new RunFolder(path)
  const record = folder.record(restoreConfig)
  const algorithm = algorithmOf(record, path)
  const checkpoint = loadCheckpoint<EpochsDone>(folder.file('checkpoint.msgpack'))
  if (!checkpoint) throw noCheckpoint(path)
  const { epoch, environmentSteps } = checkpoint
  const isDone = (line: MetricsLine) => Number(line.epoch) <= epoch
  const lines = readMetrics(join(path, 'metrics.jsonl')).filter((line) => isDone(line) && isSampled(line))
  const { task, preset, seed, steps } = record.config
  return {
    format: 1,
    task: taskOf(task),
    algorithm,
    preset,
    seed,
    ...origin(record),
    changed: changedFromPreset(record.config),
    plannedSteps: steps,
    environmentSteps,
    epochs: epoch,
    updates: updatesOf(lines),
    seconds: round(sumOf(lines, 'seconds'), 1),
    processorSeconds: round(sumOf(lines, 'cpu_seconds'), 1),
    ...atTheEnd(lines),
    ...readScores(folder, onSkipped),
    evaluations: evaluationCurve(lines),
    played: playedCurve(lines, environmentSteps),
    imagination: imaginationCurve(lines, environmentSteps, record.task.episodeLimit),
  }
}

function algorithmOf({ config: { algorithm } }: RunRecord, path: string): RunSummary['algorithm'] {
  if (algorithm !== 'world-model') return algorithm
  throw new DimaError('invalid_config', `${path} has learned no policy: it is a run of ${algorithm}`, {
    field: 'algorithm',
    given: algorithm,
  })
}

/** `Ant-2x4-v1` -> `Ant-2x4`. */
const taskOf = (name: string): string => name.replace(/-(v|mj)\d+$/, '')

/** Where a run was kept and on how many threads is no part of its result. */
const origin = ({ command, commit, startedAt }: RunRecord) => ({
  command: command.replace(/ --out[ =]\S+/, ''),
  commit,
  startedAt,
})

/** The last update of each network that was written down; a line is written every few. */
function updatesOf(lines: readonly MetricsLine[]): Record<string, number> {
  const updates = lines.filter(
    ({ network, update }) => typeof network === 'string' && typeof update === 'number',
  )
  return Object.fromEntries(updates.map(({ network, update }) => [network, Number(update)]))
}

function atTheEnd(lines: readonly MetricsLine[]): Pick<RunSummary, 'meanActions' | 'sampledActions'> {
  const last = lastWith(lines, 'evaluation_return')
  const played = lastReturns(lines, LAST_EPISODES)
  return {
    ...(last && { meanActions: evaluated(last) }),
    ...(played.length > 0 && { sampledActions: returnsOf(mean(played), deviation(played), played.length) }),
  }
}

function evaluated(line: MetricsLine): Returns {
  const { evaluation_return, evaluation_std, evaluation_episodes, evaluation_success: success } = line
  const returns = returnsOf(Number(evaluation_return), Number(evaluation_std), Number(evaluation_episodes))
  return typeof success === 'number' ? { ...returns, success: round(success, 3) } : returns
}

const returnsOf = (value: number, std: number, episodes: number): Returns => ({
  mean: round(value, 1),
  std: round(std, 1),
  episodes,
  by: 'training',
})
