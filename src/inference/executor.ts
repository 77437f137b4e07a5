// The main process's side of one executor: starts it, gives it one chunk at a time, notices when it dies.
import type { ChildProcess } from 'node:child_process'
import { DimaError } from '../common/errors.ts'
import { startProcess } from '../common/start-process.ts'
import type { Bundle } from '../registry/load.ts'
import type { ExecutorError, FromExecutor, ToExecutor } from './messages.ts'
import type { Rollout, Trajectories } from './rollout.ts'

interface Waiting {
  id: number
  resolve: (trajectories: Trajectories) => void
  reject: (error: Error) => void
}

export class Executor {
  private readonly process: ChildProcess
  private waiting: Waiting | undefined
  private nextId = 1
  readonly exited: Promise<void>

  private constructor(process: ChildProcess) {
    this.process = process
    this.exited = new Promise((resolve) => {
      process.once('exit', () => {
        this.waiting?.reject(new DimaError('executor_failed', 'an executor stopped during a rollout'))
        this.waiting = undefined
        resolve()
      })
    })
  }

  /** Starts a process and loads the bundles; fails with the executor's own reason. */
  static async start(bundles: Bundle[]): Promise<Executor> {
    const process = startProcess('./executor-process', import.meta.url)
    const executor = new Executor(process)
    await new Promise<void>((resolve, reject) => {
      process.once('error', reject)
      process.once('exit', () =>
        reject(new DimaError('executor_failed', 'an executor stopped while loading')),
      )
      process.once('message', (message: FromExecutor) => {
        if (message.type === 'ready') resolve()
        else if (message.type === 'failed') reject(toError(message.error))
      })
      executor.send({ type: 'load', bundles })
    })
    process.on('message', (message: FromExecutor) => executor.receive(message))
    process.on('error', () => process.kill('SIGKILL'))
    return executor
  }

  /** Computes one chunk; the caller waits for it before it gives the next. */
  rollout(digest: string, rollout: Rollout): Promise<Trajectories> {
    return new Promise((resolve, reject) => {
      const id = this.nextId++
      this.waiting = { id, resolve, reject }
      this.send({ type: 'rollout', id, digest, rollout })
    })
  }

  /** Ends the process; a rollout in it fails. */
  async stop(): Promise<void> {
    this.process.kill('SIGKILL') // an engine call can't be interrupted, and nothing in here needs saving
    await this.exited
  }

  private send(message: ToExecutor): void {
    this.process.send(message)
  }

  private receive(message: FromExecutor): void {
    if (message.type !== 'done' && message.type !== 'error') return
    if (this.waiting?.id !== message.id) return
    const { resolve, reject } = this.waiting
    this.waiting = undefined
    if (message.type === 'done') resolve(message.trajectories)
    else reject(toError(message.error))
  }
}

const toError = ({ code, message, details }: ExecutorError) => new DimaError(code, message, details)
