// Rollouts that wait for an executor, cut into chunks that take turns: a big one does not hold up those after it, and
// small ones of the same kind that wait at the same time share an execution.
import { DimaError } from '../../common/errors.ts'
import type { WorkOptions } from '../runner.ts'
import type { Rollout, Trajectories } from '../simulator/rollout.ts'
import { type Admission, overdue } from './admission.ts'
import {
  CHUNK_ROWS,
  chunkRows,
  cutTrajectories,
  joinRows,
  mergeRollouts,
  sameKind,
  splitRows,
} from './chunks.ts'
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

interface Started extends Piece {
  job: Job
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
  private closed = false

  constructor(executors: number, admission: Admission) {
    this.executors = executors
    this.admission = admission
  }

  get pending(): number {
    return this.jobs.length
  }

  add(digest: string, rollout: Rollout, options: WorkOptions): Promise<Trajectories & { queueMs: number }> {
    const full = this.admission.enter(digest, unitsOf(rollout), rollout.horizon, options.deadline)
    if (full) return Promise.reject(full)
    const left = splitRows(rollout, chunkRows(rollout.batch, this.executors)).map((part, index) => ({
      index,
      rollout: part,
      retried: false,
    }))
    return new Promise((resolve, reject) => {
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

  /** The next chunk: the first job's next piece, with first pieces of other jobs where they fit. */
  take(): Chunk | undefined {
    const [job] = this.jobs
    if (!job) return undefined
    const first = this.start(job)
    const pieces = first.retried ? [first] : [first, ...this.company(first)]
    const rows = pieces.reduce((sum, { rollout }) => sum + rollout.batch, 0)
    return { digest: job.digest, rows, run: (executor) => this.run(pieces, executor) }
  }

  /** Takes a job's next piece; the job's next turn comes after the others'. */
  private start(job: Job): Started {
    this.jobs.splice(this.jobs.indexOf(job), 1)
    const piece = job.left.shift()!
    if (job.left.length > 0) this.jobs.push(job)
    job.started ??= performance.now()
    this.admission.leave(job.digest, unitsOf(piece.rollout))
    return { ...piece, job }
  }

  /** Pieces of other jobs that can share an execution. One that failed before goes alone: it may be to blame. */
  private company({ job, rollout }: Started): Started[] {
    let room = CHUNK_ROWS - rollout.batch
    const company: Started[] = []
    for (const other of [...this.jobs]) {
      const [next] = other.left
      if (other === job || other.digest !== job.digest || !next || next.retried) continue
      if (next.rollout.batch > room || !sameKind(next.rollout, rollout)) continue
      room -= next.rollout.batch
      company.push(this.start(other))
    }
    return company
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

  private async run(pieces: Started[], executor: Executor): Promise<number | undefined> {
    const rollout = mergeRollouts(pieces.map((piece) => piece.rollout))
    try {
      const { digest } = pieces[0]!.job
      const whole = await executor.call('rollout', { digest, rollout })
      this.admission.measured(digest, rollout.horizon, whole.computeMs)
      let from = 0
      for (const piece of pieces) {
        const to = from + piece.rollout.batch
        arrive(piece, cutTrajectories(whole, rollout.batch, from, to))
        from = to
      }
      return whole.computeMs
    } catch (error) {
      for (const piece of pieces) this.fail(piece, error, pieces.length > 1)
      return undefined
    }
  }

  /** A piece whose executor died, or that failed in company, is tried once more; else the job fails. */
  private fail({ job, index, rollout, retried }: Started, error: unknown, shared: boolean): void {
    if (job.failed) return
    const died = error instanceof DimaError && error.code === 'executor_failed'
    if (!(died || shared) || retried || this.closed) {
      this.drop(job, error)
      return
    }
    if (job.left.length === 0) this.jobs.unshift(job)
    job.left.unshift({ index, rollout, retried: true })
    this.admission.return(job.digest, unitsOf(rollout))
  }

  private drop(job: Job, error: unknown): void {
    const place = this.jobs.indexOf(job)
    if (place >= 0) this.jobs.splice(place, 1)
    for (const { rollout } of job.left.splice(0)) this.admission.leave(job.digest, unitsOf(rollout))
    job.failed = true
    job.reject(error)
  }
}

function arrive({ job, index }: Started, part: Trajectories): void {
  job.parts[index] = part
  if (--job.missing > 0 || job.failed) return
  const computeMs = performance.now() - job.started!
  job.resolve({ ...joinRows(job.parts), queueMs: job.started! - job.arrived, computeMs })
}

const unitsOf = ({ batch, horizon }: Rollout): number => batch * horizon
