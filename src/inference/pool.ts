// The executors of a server: a bounded queue of rollouts whose chunks take turns, executors that are restarted when
// they die, and one retry of the chunk that died with them.
import { DimaError } from '../common/errors.ts'
import type { Bundle } from '../registry/load.ts'
import { joinRows, splitRows } from './chunks.ts'
import { Executor } from './executor.ts'
import type { Rollout, RolloutRunner, Trajectories } from './rollout.ts'

/** Rows that may wait before further requests are refused: some ten seconds of work on two cores. */
const MAX_WAITING_ROWS = 16_384
const RESTART_DELAY_MS = 1000

interface Logger {
  info(details: object, message: string): void
  error(details: object, message: string): void
}

export interface PoolOptions {
  bundles: Bundle[]
  executors: number
  logger: Logger
}

interface Job {
  digest: string
  /** chunks not started yet, with their place in the result */
  left: { index: number; rollout: Rollout; retried: boolean }[]
  parts: Trajectories[]
  missing: number
  arrived: number
  started: number | undefined
  resolve: (result: Trajectories & { queueMs: number }) => void
  reject: (error: unknown) => void
}

export type ExecutorPool = RolloutRunner & { close(): Promise<void> }

/** Starts the executors and waits until all have loaded every bundle. */
export async function startExecutorPool(options: PoolOptions): Promise<ExecutorPool> {
  const pool = new Pool(options)
  await pool.start()
  return pool
}

class Pool implements ExecutorPool {
  private readonly options: PoolOptions
  private readonly idle: Executor[] = []
  private readonly all = new Set<Executor>()
  /** jobs with chunks to start, in turn */
  private readonly queue: Job[] = []
  private waitingRows = 0
  private closed = false

  constructor(options: PoolOptions) {
    this.options = options
  }

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.executors }, () => this.addExecutor()))
    this.options.logger.info({ executors: this.options.executors }, 'executors ready')
  }

  rollout(digest: string, rollout: Rollout): Promise<Trajectories & { queueMs: number }> {
    if (this.waitingRows > 0 && this.waitingRows + rollout.batch > MAX_WAITING_ROWS) {
      const details = { retryAfterSeconds: 1 }
      return Promise.reject(new DimaError('overloaded', `${this.waitingRows} rows are waiting`, details))
    }
    const left = splitRows(rollout).map((chunk, index) => ({ index, rollout: chunk, retried: false }))
    return new Promise((resolve, reject) => {
      const missing = left.length
      this.waitingRows += rollout.batch
      this.queue.push({
        digest,
        left,
        parts: [],
        missing,
        arrived: performance.now(),
        started: undefined,
        resolve,
        reject,
      })
      this.dispatch()
    })
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.all([...this.all].map((executor) => executor.stop()))
    for (const job of this.queue.splice(0))
      job.reject(new DimaError('executor_failed', 'the server is closing'))
  }

  private async addExecutor(): Promise<void> {
    const executor = await Executor.start(this.options.bundles)
    this.all.add(executor)
    void executor.exited.then(() => this.replace(executor))
    this.idle.push(executor)
    this.dispatch()
  }

  private replace(executor: Executor): void {
    this.all.delete(executor)
    const place = this.idle.indexOf(executor)
    if (place >= 0) this.idle.splice(place, 1)
    if (this.closed) return
    this.options.logger.error({}, 'an executor stopped; starting another')
    this.addExecutor().catch((err: unknown) =>
      this.options.logger.error({ err }, 'the executor did not start'),
    )
  }

  /** Gives every idle executor a chunk, taking the jobs in turn. */
  private dispatch(): void {
    while (this.idle.length > 0 && this.queue.length > 0) {
      const job = this.queue.shift()!
      const chunk = job.left.shift()!
      if (job.left.length > 0) this.queue.push(job)
      job.started ??= performance.now()
      this.waitingRows -= chunk.rollout.batch
      void this.compute(this.idle.shift()!, job, chunk)
    }
  }

  private async compute(executor: Executor, job: Job, chunk: Job['left'][number]): Promise<void> {
    try {
      job.parts[chunk.index] = await executor.rollout(job.digest, chunk.rollout)
      if (--job.missing === 0) this.finish(job)
    } catch (error) {
      this.fail(job, chunk, error)
    }
    if (this.all.has(executor) && !this.idle.includes(executor)) this.idle.push(executor)
    this.dispatch()
  }

  private finish(job: Job): void {
    const computeMs = performance.now() - job.started!
    job.resolve({ ...joinRows(job.parts), queueMs: job.started! - job.arrived, computeMs })
  }

  /** A chunk whose executor died is tried once more; any other failure fails the job. */
  private fail(job: Job, chunk: Job['left'][number], error: unknown): void {
    const died = error instanceof DimaError && error.code === 'executor_failed'
    if (died && !chunk.retried && !this.closed) {
      if (job.left.length === 0) this.queue.unshift(job)
      job.left.unshift({ ...chunk, retried: true })
      this.waitingRows += chunk.rollout.batch
      return
    }
    const place = this.queue.indexOf(job)
    if (place >= 0) this.queue.splice(place, 1)
    this.waitingRows -= job.left.reduce((sum, { rollout }) => sum + rollout.batch, 0)
    job.left = []
    job.reject(error)
  }
}
