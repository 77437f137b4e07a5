// Copies shared out among threads, each with a MuJoCo of its own.
import type { Worker } from 'node:worker_threads'
import { DimaError } from '../../common/errors.ts'
import { startWorker } from '../../common/start-worker.ts'
import type { Command, CopyDriver } from './copy-driver.ts'
import { beginTurn, makeTurns, type Turns } from './turns.ts'
import type { VectorArrays } from './vector-arrays.ts'
import type { AutoresetMode } from './vector-env.ts'
import type { Assignment } from './work-turns.ts'

export class ThreadDriver implements CopyDriver {
  private readonly turns: Turns
  private readonly workers: readonly Worker[]
  private call: { resolve: () => void; reject: (reason: Error) => void } | undefined
  private lost: DimaError | undefined

  /** Starts at most one thread a copy; resolves when all are ready. */
  static async start(
    task: string,
    arrays: VectorArrays,
    threads: number,
    autoreset: AutoresetMode,
  ): Promise<ThreadDriver> {
    const count = Math.min(arrays.phases.length, threads)
    const turns = makeTurns(count)
    const driver = new ThreadDriver({ task, arrays, autoreset, turns }, count)
    try {
      await driver.answer()
    } catch (error) {
      await driver.close()
      throw error
    }
    return driver
  }

  private constructor(assignment: Assignment, count: number) {
    this.turns = assignment.turns
    this.workers = Array.from({ length: count }, (_, i) => this.startOne(assignment, i))
  }

  run(command: Command): Promise<void> {
    if (this.lost) return Promise.reject(this.lost)
    beginTurn(this.turns, this.workers.length, command)
    return this.answer()
  }

  async close(): Promise<void> {
    this.lose('the environment was closed')
    await Promise.all(this.workers.map((worker) => worker.terminate()))
  }

  private startOne(workerData: Assignment, i: number): Worker {
    const worker = startWorker('worker', import.meta.url, { workerData })
    worker.on('message', () => this.settle((call) => call.resolve()))
    worker.on('error', (error) => this.lose(`worker ${i} stopped: ${error.message}`))
    worker.on('exit', (code) => this.lose(`worker ${i} stopped with code ${code}`))
    return worker
  }

  /** Threads keep the process alive only while they are waited for. */
  private answer(): Promise<void> {
    for (const worker of this.workers) worker.ref()
    return new Promise((resolve, reject) => {
      this.call = { resolve, reject }
    })
  }

  private settle(how: (call: NonNullable<typeof this.call>) => void): void {
    const { call } = this
    if (!call) return // `close` waits for threads that end one after the other
    this.call = undefined
    for (const worker of this.workers) worker.unref()
    how(call)
  }

  /** The first reason counts. */
  private lose(reason: string): void {
    this.lost ??= new DimaError('environment_closed', reason)
    const { lost } = this
    this.settle((call) => call.reject(lost))
  }
}
