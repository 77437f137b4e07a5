// Rollouts that wait for an executor, cut into chunks that take turns: owners have equal shares of rows and steps, a big
// rollout does not hold up those after it, and small ones of the same kind that wait at the same time share an execution.
import { DimaError } from '../../common/errors.ts'
import { chunkRows, mostRows } from '../../engine/device.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import { cutTrajectories, joinRows, kindOf, mergeRollouts, splitRows } from '../../worlds/rows.ts'
import type { WorkOptions } from '../runner.ts'
import { type Admission, overdue } from './admission.ts'
import type { Executor } from './executor.ts'
import { Lines } from './lines.ts'
import { NOBODY, Shares } from './shares.ts'
import type { Work } from './work.ts'

interface Piece {
  /** place in the result */
  index: number
  rollout: Rollout
  retried: boolean
}

interface Job extends WorkOptions {
  owner: string
  digest: string
  /** jobs of the same kind may share an execution */
  kind: string
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

export class RolloutQueue {
  private readonly executors: number
  private readonly admission: Admission
  private readonly shares = new Shares()
  /** jobs with pieces to start, by kind; the kind whose turn is next first */
  private readonly kinds = new Map<string, Lines<Job>>()
  private closed = false

  constructor(executors: number, admission: Admission) {
    this.executors = executors
    this.admission = admission
  }

  get pending(): number {
    let jobs = 0
    for (const lines of this.kinds.values()) jobs += lines.length
    return jobs
  }

  add(digest: string, rollout: Rollout, options: WorkOptions): Promise<Trajectories & { queueMs: number }> {
    const { owner = NOBODY, deadline } = options
    const { horizon: steps } = rollout
    const full = this.admission.enter({ digest, owner, units: unitsOf(rollout), steps, deadline })
    if (full) return Promise.reject(full)
    const size = chunkRows(rollout.batch, this.executors, this.mostRows(digest, rollout))
    const left = splitRows(rollout, size).map((part, index) => ({ index, rollout: part, retried: false }))
    return new Promise((resolve, reject) => {
      const job: Job = {
        ...options,
        owner,
        digest,
        kind: `${digest} ${kindOf(rollout)}`,
        left,
        parts: [],
        missing: left.length,
        arrived: performance.now(),
        started: undefined,
        failed: false,
        resolve,
        reject,
      }
      this.linesOf(job).add(owner, job)
    })
  }

  /** The next chunk: the next piece of the owner whose turn it is, with first pieces of other jobs where they fit. */
  take(): Work | undefined {
    const [lines, owner] = this.next() ?? []
    if (!lines || owner === undefined) return undefined
    this.shares.turn(owner)
    const first = this.start(lines.first(owner)!)
    const pieces = first.retried ? [first] : [first, ...this.company(lines, first)]
    const { digest, kind } = first.job
    this.kinds.delete(kind) // its next turn comes after the others'
    if (lines.length > 0) this.kinds.set(kind, lines)
    const rows = pieces.reduce((sum, { rollout }) => sum + rollout.batch, 0)
    return { digest, rows, run: (executor) => this.run(pieces, executor) }
  }

  /** The owner whose turn it is, and the first kind of its work. */
  private next(): [Lines<Job>, string] | undefined {
    let best: [Lines<Job>, string] | undefined
    for (const lines of this.kinds.values()) {
      const owner = this.shares.next(lines.owners)
      if (owner === undefined) continue
      if (!best || this.shares.clockOf(owner) < this.shares.clockOf(best[1])) best = [lines, owner]
    }
    return best
  }

  /** Takes a job's next piece; the job's next turn comes after those of its owner's others. */
  private start(job: Job): Started {
    const { owner, digest, left } = job
    const lines = this.linesOf(job)
    lines.remove(owner, job)
    const piece = left.shift()!
    if (left.length > 0) lines.add(owner, job)
    job.started ??= performance.now()
    this.admission.leave(digest, owner, unitsOf(piece.rollout))
    this.shares.charge(owner, unitsOf(piece.rollout))
    return { ...piece, job }
  }

  /** Pieces of other jobs that can share an execution. One that failed before goes alone: it may be to blame. */
  private company(lines: Lines<Job>, { job, rollout }: Started): Started[] {
    const jobs = new Set([job])
    const company: Started[] = []
    const owners = new Set(lines.owners)
    let room = this.mostRows(job.digest, rollout) - rollout.batch
    const fits = (other: Job) =>
      !jobs.has(other) && !other.left[0]!.retried && other.left[0]!.rollout.batch <= room
    while (room > 0) {
      const owner = this.shares.next(owners)
      if (owner === undefined) break
      const other = lines.first(owner, fits)
      if (!other) {
        owners.delete(owner)
        continue
      }
      jobs.add(other)
      const piece = this.start(other)
      company.push(piece)
      room -= piece.rollout.batch
    }
    return company
  }

  private mostRows(digest: string, { horizon }: Rollout): number {
    return mostRows(this.admission.usualMs(digest, horizon))
  }

  private linesOf({ kind }: Job): Lines<Job> {
    const known = this.kinds.get(kind)
    if (known) return known
    const lines = new Lines<Job>()
    this.kinds.set(kind, lines)
    return lines
  }

  /** Drops what nobody wants any more; pieces that are being computed are computed for nothing. */
  sweep(now: number): void {
    this.shares.sweep()
    for (const job of this.jobs()) {
      const error = overdue(job, now)
      if (error) this.drop(job, error)
    }
  }

  private jobs(): Job[] {
    return [...this.kinds.values()].flatMap((lines) => [...lines])
  }

  /** Fails everything that waits, and from now on what would be tried again. */
  close(error: DimaError): void {
    this.closed = true
    for (const job of this.jobs()) this.drop(job, error)
  }

  private async run(pieces: Started[], executor: Executor): Promise<number | undefined> {
    try {
      const rollout = mergeRollouts(pieces.map((piece) => piece.rollout))
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
    const lines = this.linesOf(job)
    lines.remove(job.owner, job)
    lines.addFirst(job.owner, job)
    job.left.unshift({ index, rollout, retried: true })
    this.admission.return(job.digest, job.owner, unitsOf(rollout))
    this.shares.charge(job.owner, -unitsOf(rollout))
  }

  private drop(job: Job, error: unknown): void {
    const { digest, owner, kind } = job
    const lines = this.kinds.get(kind)
    lines?.remove(owner, job)
    if (lines?.length === 0) this.kinds.delete(kind)
    for (const { rollout } of job.left.splice(0)) this.admission.leave(digest, owner, unitsOf(rollout))
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
