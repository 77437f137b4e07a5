// Rollouts that wait for an executor, cut into chunks that take turns: owners have equal shares of rows and steps, a big
// rollout does not hold up those after it, and small ones of the same kind that wait at the same time share an execution.
import { CPU, chunkRows, type DevicePolicy, mostRows } from '../../engine/device.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import { cutTrajectories, kindOf, mergeRollouts } from '../../worlds/rows.ts'
import type { WorkOptions } from '../runner.ts'
import type { Admission } from './admission.ts'
import type { Executor } from './executor.ts'
import { Lines } from './lines.ts'
import { arrive, cut, type Job, type Started, unitsOf } from './rollout-job.ts'
import { NOBODY } from './shares.ts'
import { executorDied, WaitingQueue } from './waiting.ts'
import type { Work } from './work.ts'

export class RolloutQueue extends WaitingQueue<Job> {
  private readonly executors: number
  private readonly policy: DevicePolicy
  /** jobs with pieces to start, by kind; the kind whose turn is next first */
  private readonly kinds = new Map<string, Lines<Job>>()

  constructor(executors: number, admission: Admission, policy: DevicePolicy = CPU) {
    super(admission)
    this.executors = executors
    this.policy = policy
  }

  add(digest: string, rollout: Rollout, options: WorkOptions): Promise<Trajectories & { queueMs: number }> {
    const { owner = NOBODY, signal, deadline } = options
    const { horizon: steps } = rollout
    const full = this.admission.enter({ digest, owner, units: unitsOf(rollout), steps, deadline })
    if (full) return Promise.reject(full)
    const size = chunkRows(rollout.batch, this.executors, this.policy, this.mostRows(digest, rollout))
    return new Promise((resolve, reject) => {
      const kind = `${digest} ${kindOf(rollout)}`
      const job = { owner, signal, deadline, digest, kind, ...cut(rollout, size), resolve, reject }
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
    const { owner, left } = job
    const lines = this.linesOf(job)
    lines.remove(owner, job)
    const piece = left.shift()!
    if (left.length > 0) lines.add(owner, job)
    job.started ??= performance.now()
    this.give(job, unitsOf(piece.rollout))
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
    return mostRows(this.admission.usualMs(digest, horizon), this.policy)
  }

  private linesOf({ kind }: Job): Lines<Job> {
    const known = this.kinds.get(kind)
    if (known) return known
    const lines = new Lines<Job>()
    this.kinds.set(kind, lines)
    return lines
  }

  protected items(): Job[] {
    return [...this.kinds.values()].flatMap((lines) => [...lines])
  }

  protected drop(job: Job, error: unknown): void {
    const { digest, owner, kind } = job
    const lines = this.kinds.get(kind)
    lines?.remove(owner, job)
    if (lines?.length === 0) this.kinds.delete(kind)
    for (const { rollout } of job.left.splice(0)) this.admission.leave(digest, owner, unitsOf(rollout))
    job.failed = true
    job.reject(error)
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
    if (!(executorDied(error) || shared) || retried || this.closed) {
      this.drop(job, error)
      return
    }
    const lines = this.linesOf(job)
    lines.remove(job.owner, job)
    lines.addFirst(job.owner, job)
    job.left.unshift({ index, rollout, retried: true })
    this.takeBack(job, unitsOf(rollout))
  }
}
