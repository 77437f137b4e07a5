// The main process's side of one executor: starts it, gives it one chunk at a time, notices when it dies.
import type { ChildProcess } from 'node:child_process'
import { DimaError } from '../../common/errors.ts'
import { startProcess } from '../../common/start-process.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Rollout, Trajectories } from '../simulator/rollout.ts'
import type { FromExecutor, RefusedBundle, ToExecutor } from './messages.ts'

interface Waiting {
  id: number
  resolve: (trajectories: Trajectories) => void
  reject: (error: Error) => void
}

export class Executor {
  private readonly process: ChildProcess
  private waiting: Waiting | undefined
  private nextId = 1
  /** False once the process has ended, before anyone hears of it. */
  alive = true
  readonly exited: Promise<void>
  /** Bundles that this executor could not load. */
  refused: readonly RefusedBundle[] = []

  private constructor(process: ChildProcess) {
    this.process = process
    this.exited = new Promise((resolve) => {
      const end = () => {
        this.alive = false
        this.waiting?.reject(new DimaError('executor_failed', 'an executor stopped during a rollout'))
        this.waiting = undefined
        resolve()
      }
      process.once('exit', end)
      process.on('error', () => {
        // It could not be started (and there is nothing to kill), or a message could not be sent.
        if (process.pid === undefined) end()
        else process.kill('SIGKILL')
      })
    })
  }

  /** Starts a process and loads the bundles; `refused` says which could not be. The signal ends it, at any time. */
  static async start(bundles: Bundle[], signal: AbortSignal): Promise<Executor> {
    const process = startProcess('./executor-process', import.meta.url)
    const executor = new Executor(process)
    const stop = () => process.kill('SIGKILL') // an engine call can't be interrupted, and nothing in here needs saving
    signal.addEventListener('abort', stop)
    void executor.exited.then(() => signal.removeEventListener('abort', stop))
    if (signal.aborted) stop()
    executor.refused = await new Promise((resolve, reject) => {
      void executor.exited.then(() =>
        reject(new DimaError('executor_failed', 'an executor stopped while loading')),
      )
      process.once('message', (message: FromExecutor) => {
        if (message.type === 'ready') resolve(message.refused)
      })
      executor.send({ type: 'load', bundles })
    })
    process.on('message', (message: FromExecutor) => executor.receive(message))
    return executor
  }

  /** Computes one chunk; the caller waits for it before it gives the next. */
  rollout(digest: string, rollout: Rollout): Promise<Trajectories> {
    if (!this.alive) return Promise.reject(new DimaError('executor_failed', 'an executor stopped'))
    return new Promise((resolve, reject) => {
      const id = this.nextId++
      this.waiting = { id, resolve, reject }
      this.send({ type: 'rollout', id, digest, rollout })
    })
  }

  private send(message: ToExecutor): void {
    this.process.send(message)
  }

  private receive(message: FromExecutor): void {
    if (message.type === 'ready' || this.waiting?.id !== message.id) return
    const { resolve, reject } = this.waiting
    this.waiting = undefined
    if (message.type === 'done') resolve(message.trajectories)
    else reject(new DimaError(message.error.code, message.error.message, message.error.details))
  }
}
