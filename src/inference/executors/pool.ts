// The executors of a server: a bounded queue of rollouts whose chunks take turns, executors that are restarted when
// they die, and one retry of the chunk that died with them.
import { setTimeout } from 'node:timers/promises'
import { DimaError } from '../../common/errors.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Runner } from '../runner.ts'
import type { StepOutcome } from '../simulator/live-row.ts'
import type { Rollout, Trajectories } from '../simulator/rollout.ts'
import { chunkRows, joinRows, splitRows } from './chunks.ts'
import { Executor } from './executor.ts'
import type { RefusedBundle } from './messages.ts'

/** Rows that may wait before further requests are refused: some ten seconds of work on two cores. */
const MAX_WAITING_ROWS = 16_384
/** Between attempts to start an executor in the place of one that died. */
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
  failed: boolean
  resolve: (result: Trajectories & { queueMs: number }) => void
  reject: (error: unknown) => void
}

export interface ExecutorPool extends Runner {
  /** Bundles that the engine would not load; a rollout with one fails with `invalid_bundle`. */
  readonly refused: readonly RefusedBundle[]
  /** Ends every executor; rollouts that are not finished fail. */
  close(): Promise<void>
}

/** Starts the executors and waits until all have loaded every bundle that can be loaded. */
export async function startExecutorPool(options: PoolOptions): Promise<ExecutorPool> {
  const pool = new Pool(options)
  await pool.start()
  return pool
}

class Pool implements ExecutorPool {
  refused: readonly RefusedBundle[] = []
  private readonly options: PoolOptions
  private readonly idle: Executor[] = []
  private readonly all = new Set<Executor>()
  private readonly starting = new Set<Promise<Executor>>()
  /** jobs with chunks to start, in turn */
  private readonly queue: Job[] = []
  private waitingRows = 0
  private readonly closing = new AbortController()

  constructor(options: PoolOptions) {
    this.options = options
  }

  async start(): Promise<void> {
    const { executors, logger } = this.options
    try {
      await Promise.all(Array.from({ length: executors }, () => this.addExecutor()))
    } catch (error) {
      await this.close() // one that can't start leaves none behind
      throw error
    }
    const byDigest = new Map([...this.all].flatMap(({ refused }) => refused.map((one) => [one.digest, one])))
    this.refused = [...byDigest.values()]
    for (const { reference, reason } of this.refused) logger.error({ reference, reason }, 'refused')
    logger.info({ executors }, 'executors ready')
  }

  rollout(digest: string, rollout: Rollout): Promise<Trajectories & { queueMs: number }> {
    if (this.closed) return Promise.reject(new DimaError('executor_failed', 'the server is closing'))
    if (this.waitingRows > 0 && this.waitingRows + rollout.batch > MAX_WAITING_ROWS) {
      const details = { retryAfterSeconds: 1 }
      return Promise.reject(new DimaError('overloaded', `${this.waitingRows} rows are waiting`, details))
    }
    const left = splitRows(rollout, chunkRows(rollout.batch, this.options.executors)).map((chunk, index) => ({
      index,
      rollout: chunk,
      retried: false,
    }))
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
        failed: false,
        resolve,
        reject,
      })
      this.dispatch()
    })
  }

  step(): Promise<StepOutcome> {
    return Promise.reject(new DimaError('internal', 'comes next'))
  }

  observe(): Promise<Float32Array> {
    return Promise.reject(new DimaError('internal', 'comes next'))
  }

  async close(): Promise<void> {
    this.closing.abort()
    for (const job of this.queue.splice(0))
      job.reject(new DimaError('executor_failed', 'the server is closing'))
    await Promise.allSettled(this.starting)
    await Promise.all([...this.all].map((executor) => executor.exited))
  }

  private get closed(): boolean {
    return this.closing.signal.aborted
  }

  private async addExecutor(): Promise<void> {
    const starting = Executor.start(this.options.bundles, this.closing.signal)
    this.starting.add(starting)
    try {
      const executor = await starting
      this.all.add(executor)
      void executor.exited.then(() => this.replace(executor))
      this.free(executor)
    } finally {
      this.starting.delete(starting)
    }
  }

  /** Starts another executor, as often as it takes: without executors every request would wait for ever. */
  private async replace(executor: Executor): Promise<void> {
    this.all.delete(executor)
    const place = this.idle.indexOf(executor)
    if (place >= 0) this.idle.splice(place, 1)
    if (!this.closed) this.options.logger.error({}, 'an executor stopped; starting another')
    while (!this.closed) {
      try {
        return await this.addExecutor()
      } catch (err) {
        if (!this.closed) this.options.logger.error({ err }, 'the executor did not start; trying again')
        await setTimeout(RESTART_DELAY_MS, undefined, { signal: this.closing.signal }).catch(() => {})
      }
    }
  }

  private free(executor: Executor): void {
    if (executor.alive) this.idle.push(executor)
    this.dispatch()
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
    this.free(executor)
  }

  private finish(job: Job): void {
    const computeMs = performance.now() - job.started!
    job.resolve({ ...joinRows(job.parts), queueMs: job.started! - job.arrived, computeMs })
  }

  /** A chunk whose executor died is tried once more; any other failure fails the job. */
  private fail(job: Job, chunk: Job['left'][number], error: unknown): void {
    if (job.failed) return
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
    job.failed = true
    job.reject(error)
  }
}
