// Rollouts that wait for an executor, cut into chunks that take turns: a big one does not hold up those after it.
import { DimaError } from '../../common/errors.ts'
import type { WorkOptions } from '../runner.ts'
import type { Rollout, Trajectories } from '../simulator/rollout.ts'
import { type Admission, overdue } from './admission.ts'
import { chunkRows, joinRows, splitRows } from './chunks.ts'
import type { Executor } from './executor.ts'

interface Piece {
  /** place in the result */
  index: number
  rollout: Rollout
  retried: boolean
}

interface Job extends WorkOptions {
  digest: string
  /** not started yet */
  left: Piece[]
  parts: Trajectories[]
  missing: number
  arrived: number
  started: number | undefined
  failed: boolean
  resolve: (result: Trajectories & { queueMs: number }) => void
  reject: (error: unknown) => void
}

export interface Chunk {
  digest: string
  rows: number
  /** Resolves with the executor's time, undefined when it failed; whoever waits for a result has been told. */
  run(executor: Executor): Promise<number | undefined>
}

export class RolloutQueue {
  private readonly executors: number
  private readonly admission: Admission
  /** jobs with pieces to start, in turn */
  private readonly jobs: Job[] = []
  /** rows times steps that wait */
  private units = 0
  private closed = false

  constructor(executors: number, admission: Admission) {
    this.executors = executors
    this.admission = admission
  }

  get pending(): number {
    return this.jobs.length
  }

  add(digest: string, rollout: Rollout, options: WorkOptions): Promise<Trajectories & { queueMs: number }> {
    const full = this.admission.refusal(this.units, unitsOf(rollout))
    if (full) return Promise.reject(full)
    const left = splitRows(rollout, chunkRows(rollout.batch, this.executors)).map((part, index) => ({
      index,
      rollout: part,
      retried: false,
    }))
    return new Promise((resolve, reject) => {
      this.units += unitsOf(rollout)
      this.jobs.push({
        ...options,
        digest,
        left,
        parts: [],
        missing: left.length,
        arrived: performance.now(),
        started: undefined,
        failed: false,
        resolve,
        reject,
      })
    })
  }

  take(): Chunk | undefined {
    const job = this.jobs.shift()
    if (!job) return undefined
    const piece = job.left.shift()!
    if (job.left.length > 0) this.jobs.push(job)
    job.started ??= performance.now()
    this.units -= unitsOf(piece.rollout)
    const { digest } = job
    return { digest, rows: piece.rollout.batch, run: (executor) => this.run(job, piece, executor) }
  }

  /** Drops what nobody wants any more; pieces that are being computed are computed for nothing. */
  sweep(now: number): void {
    for (const job of [...this.jobs]) {
      const error = overdue(job, now)
      if (error) this.drop(job, error)
    }
  }

  /** Fails everything that waits, and from now on what would be tried again. */
  close(error: DimaError): void {
    this.closed = true
    for (const job of [...this.jobs]) this.drop(job, error)
  }

  private async run(job: Job, piece: Piece, executor: Executor): Promise<number | undefined> {
    try {
      const { digest } = job
      const part = await executor.call('rollout', { digest, rollout: piece.rollout })
      this.admission.measured(unitsOf(piece.rollout), part.computeMs)
      job.parts[piece.index] = part
      if (--job.missing === 0) finish(job)
      return part.computeMs
    } catch (error) {
      this.fail(job, piece, error)
      return undefined
    }
  }

  /** A piece whose executor died is tried once more; any other failure fails the job. */
  private fail(job: Job, piece: Piece, error: unknown): void {
    if (job.failed) return
    const died = error instanceof DimaError && error.code === 'executor_failed'
    if (!died || piece.retried || this.closed) {
      this.drop(job, error)
      return
    }
    if (job.left.length === 0) this.jobs.unshift(job)
    job.left.unshift({ ...piece, retried: true })
    this.units += unitsOf(piece.rollout)
  }

  private drop(job: Job, error: unknown): void {
    const place = this.jobs.indexOf(job)
    if (place >= 0) this.jobs.splice(place, 1)
    for (const { rollout } of job.left.splice(0)) this.units -= unitsOf(rollout)
    job.failed = true
    job.reject(error)
  }
}

function finish(job: Job): void {
  if (job.failed) return
  const computeMs = performance.now() - job.started!
  job.resolve({ ...joinRows(job.parts), queueMs: job.started! - job.arrived, computeMs })
}

const unitsOf = ({ batch, horizon }: Rollout): number => batch * horizon
