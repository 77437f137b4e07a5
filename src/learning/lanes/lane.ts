// One lane as its owner sees it: in this thread, or in one of its own.
import type { Worker } from 'node:worker_threads'
import { DimaError } from '../../common/errors.ts'
import { startWorker } from '../../common/start-worker.ts'
import type { LaneCall, LaneHost } from './host.ts'
import type { FromLane, ToLane } from './messages.ts'
import { type LaneWork, openHost } from './open-host.ts'

type Answer<K extends LaneCall> = Awaited<ReturnType<LaneHost[K]>>

export interface Lane {
  call<K extends LaneCall>(method: K, ...args: Parameters<LaneHost[K]>): Promise<Answer<K>>
  close(): Promise<void>
}

export function localLane(work: LaneWork): Lane {
  const host = openHost(work)
  return {
    call: (method, ...args) => {
      const run = host[method] as (...given: unknown[]) => Promise<never>
      return run.apply(host, args)
    },
    close: () => host.close(),
  }
}

interface Waiting {
  resolve: (answer: never) => void
  reject: (error: Error) => void
}

export class ThreadLane implements Lane {
  private readonly worker: Worker
  private readonly waiting = new Map<number, Waiting>()
  private readonly exited: Promise<void>
  private failure: Error | undefined
  private nextId = 1

  constructor(work: LaneWork) {
    this.worker = startWorker('./lane-thread', import.meta.url, { workerData: work })
    this.worker.on('message', (message: FromLane) => this.receive(message))
    this.worker.on('error', (error) => this.fail(error))
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', (code) => {
        this.fail(new Error(`a training thread ended with code ${code}`))
        resolve()
      })
    })
  }

  call<K extends LaneCall>(method: K, ...args: Parameters<LaneHost[K]>): Promise<Answer<K>> {
    if (this.failure) return Promise.reject(this.failure)
    return new Promise((resolve, reject) => {
      const id = this.nextId++
      this.waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      this.worker.postMessage({ id, method, args } satisfies ToLane)
    })
  }

  /** Ends by itself after what it is doing: ONNX Runtime can't be interrupted, terminate() would abort the process. */
  async close(): Promise<void> {
    if (!this.failure) await this.call('close').catch(() => {})
    await this.exited
  }

  private receive(message: FromLane): void {
    const waiting = this.waiting.get(message.id)
    this.waiting.delete(message.id)
    if ('answer' in message) waiting?.resolve(message.answer as never)
    else waiting?.reject(errorOf(message.error))
  }

  private fail(error: Error): void {
    this.failure ??= error
    for (const { reject } of this.waiting.values()) reject(this.failure)
    this.waiting.clear()
  }
}

function errorOf({ code, message, details }: Extract<FromLane, { error: unknown }>['error']): Error {
  return code ? new DimaError(code, message, details) : new Error(message)
}
