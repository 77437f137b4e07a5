// A run on disk. Every file is whole or absent, and the same command again goes on from the last checkpoint:
//   config.json         resolved configuration, task, source, command, commit
//   episodes/0.msgpack  what was collected
//   metrics.jsonl       one line every few updates, none after the checkpoint when a run is resumed
//   events.out.tfevents.*   the same numbers for TensorBoard
//   checkpoint.msgpack  everything else, after every epoch
//   lock.json           who trains in it right now
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { DimaError } from '../common/errors.ts'
import { appendTo, makeFolder, writeFileAtomic } from '../common/files.ts'
import { lostNumber } from '../common/finite.ts'
import { parseJson } from '../common/json.ts'
import { type Lock, takeLock } from '../common/lock.ts'
import { withoutSecrets } from '../common/secrets.ts'
import { taskSpec } from '../env/make-env.ts'
import type { TaskSpec } from '../env/task-spec.ts'
import { type Episode, loadEpisode, saveEpisode } from '../episodes/replay/episode.ts'
import { identityOf, type Origin } from '../episodes/sources/source.ts'
import type { MetricLine } from '../learning/learner.ts'
import { DIMA_POLICY } from '../networks/policy-sizes.ts'
import type { RunConfig } from './run-config.ts'
import { EventLog } from './tensorboard/event-log.ts'

/** What determines a run. */
export interface RunIdentity {
  config: RunConfig
  /** what the source said of its task when the run began */
  task: TaskSpec
  origin: Origin
}

export interface RunRecord<Config extends RunConfig = RunConfig> extends RunIdentity {
  config: Config
  command: string
  commit: string
  startedAt: string
  /** as it was before other `--steps` were asked for, oldest first */
  before?: { steps: number; command: string; commit: string; startedAt: string }[]
}

export class RunFolder {
  readonly path: string
  private readonly events: EventLog

  constructor(path: string) {
    this.path = path
    this.events = new EventLog(path)
  }

  file = (name: string): string => join(this.path, name)

  /** For whoever writes: two trainings in one folder would spoil it for both. DimaError `invalid_config`. */
  lock(): Lock {
    makeFolder(this.path) // only here and for episodes: reading a mistyped path leaves nothing
    const advice = 'wait for its end, stop it, or choose another --out'
    return takeLock(this.file('lock.json'), `the run folder ${this.path}`, advice)
  }

  /** Whether it holds a run, however far. */
  get begun(): boolean {
    return existsSync(this.file('config.json'))
  }

  /** Writes config.json, or checks that the folder belongs to the very same run. */
  claim(run: RunIdentity, command: string, restore?: Restore): RunRecord {
    makeFolder(this.path)
    if (!this.begun) {
      const startedAt = new Date().toISOString()
      const record = { ...run, command: withoutSecrets(command), commit: currentCommit(), startedAt }
      writeFileAtomic(this.file('config.json'), `${JSON.stringify(record, null, 2)}\n`)
      return record
    }
    const record = this.record(restore)
    const { steps } = run.config
    if (steps === record.config.steps || !canChangeSteps(record.config)) {
      this.compare(record, run)
      return record
    }
    this.compare({ ...record, config: { ...record.config, steps } }, run)
    return this.changeSteps(record, steps, command)
  }

  /** A run may be made longer, or end earlier than it was to. */
  private changeSteps(record: RunRecord, steps: number, command: string): RunRecord {
    const { commit, startedAt } = record
    const before = [
      ...(record.before ?? []),
      { steps: record.config.steps, command: record.command, commit, startedAt },
    ]
    const changed = {
      ...record,
      config: { ...record.config, steps },
      command: withoutSecrets(command),
      before,
    }
    writeFileAtomic(this.file('config.json'), `${JSON.stringify(changed, null, 2)}\n`)
    return changed
  }

  /** What the reward is made of may show only while the run goes on. */
  reword(reward: string): void {
    const record = this.recorded()
    if (!record.task || record.task.reward === reward) return
    const reworded = { ...record, task: { ...record.task, reward } }
    writeFileAtomic(this.file('config.json'), `${JSON.stringify(reworded, null, 2)}\n`)
  }

  private compare(record: RunIdentity, run: RunIdentity): void {
    const asWritten = JSON.parse(JSON.stringify(run)) as RunIdentity
    const differs =
      firstDifference(identityOf(record.origin), identityOf(asWritten.origin), 'origin') ??
      firstDifference(record.config, asWritten.config) ??
      firstDifference(wordless(record.task), wordless(asWritten.task), 'task')
    if (!differs) return
    const message = `${this.path} holds another run: ${differs} differs; choose another --out`
    throw new DimaError('invalid_config', message, { field: differs })
  }

  /** Runs from before sources were recorded are of one of our own tasks. */
  record(restore: Restore = (config) => config): RunRecord {
    if (!this.begun) throw new DimaError('invalid_config', `${this.path} is no run folder`, { field: 'run' })
    const record = this.recorded()
    return {
      ...record,
      config: restore(withDefaults(record.config)),
      task: record.task ?? taskSpec(record.config.task),
      origin: record.origin ?? { kind: 'environment' },
    }
  }

  /** As it was written. DimaError `invalid_config` for a file that was cut off or written by hand. */
  private recorded(): RunRecord {
    const path = this.file('config.json')
    const record = parseJson(readFileSync(path, 'utf8'))
    if (isObject(record) && isObject(record.config)) return record as unknown as RunRecord
    const message = `${path} is damaged, it is no record of a run: put a copy in its place, or choose another folder`
    throw new DimaError('invalid_config', message, { field: 'run' })
  }

  private episodePath = (index: number) => this.file(join('episodes', `${index}.msgpack`))
  saveEpisode(index: number, episode: Episode): void {
    makeFolder(this.file('episodes'))
    saveEpisode(this.episodePath(index), episode)
  }
  loadEpisode(index: number): Episode {
    const path = this.episodePath(index)
    const advice =
      `put a copy in its place, or delete ${this.file('checkpoint.msgpack')} and the episodes from ${index} on: ` +
      'the same command then trains from the beginning'
    if (!existsSync(path)) throw new DimaError('invalid_config', `the episode ${path} is missing: ${advice}`)
    return loadEpisode(path, advice)
  }
  hasEpisode = (index: number): boolean => existsSync(this.episodePath(index))

  /** Drops the lines of epochs after `epoch`: they will be written again. */
  rewindMetrics(epoch: number): void {
    const path = this.file('metrics.jsonl')
    const there = existsSync(path)
    const whole = there ? readFileSync(path, 'utf8').split('\n').filter(isComplete) : []
    const lines = whole.map((text) => ({ text, line: lineOf(text, path) }))
    const kept = lines.filter(({ line }) => (line.epoch as number) <= epoch)
    if (there) writeFileAtomic(path, kept.map(({ text }) => `${text}\n`).join(''))
    this.events.rewind(kept.map(({ line }) => line))
  }

  /** DimaError `not_finite`: JSON has no such numbers, a reader would find null. */
  logMetrics(line: MetricLine): void {
    const lost = lostNumber(line)
    if (lost)
      throw new DimaError('not_finite', `${lost.place} is ${lost.value}`, {
        field: lost.place,
        given: String(lost.value),
      })
    appendTo(this.file('metrics.jsonl'), `${JSON.stringify(line)}\n`)
    this.events.append(line)
  }
}

/** Where all is collected before anything is trained, more steps would be another run. */
const canChangeSteps = ({ hyperparameters: { trainingEpochs = 0 } }: RunConfig): boolean =>
  trainingEpochs === 0

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** What an algorithm makes of a configuration that was recorded. */
export type Restore = (config: RunConfig) => RunConfig

/** Runs from before algorithms had a choice are of a world model alone. */
function withDefaults(config: RunConfig): RunConfig {
  const { algorithm = 'world-model', device = 'cpu', policy = DIMA_POLICY } = config
  return { ...config, algorithm, device, policy }
}

/** A run that was cut off may leave half a line. */
const isComplete = (line: string) => line.startsWith('{') && line.endsWith('}')

/** A reward may be worded anew; what it is lies in the origin. */
const wordless = ({ reward: _, ...task }: RunIdentity['task']) => task

function lineOf(line: string, path: string): MetricLine {
  try {
    return JSON.parse(line) as MetricLine
  } catch (error) {
    const why = `${(error as Error).message}: correct or delete the line ${line.slice(0, 60)}`
    throw new DimaError('invalid_config', `${path} is damaged: ${why}`, { field: 'metrics.jsonl' })
  }
}

/** The dotted name of the first field in which two configurations differ. */
function firstDifference(a: unknown, b: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return path || 'config'
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = firstDifference(left[key], right[key], path ? `${path}.${key}` : key)
    if (found) return found
  }
  return undefined
}

/** The commit this code is of, with `-dirty` when files differ from it; `unknown` outside a checkout. */
export function currentCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim()
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '-dirty' : '')
  } catch {
    return 'unknown' // an unpacked release has no repository
  }
}
