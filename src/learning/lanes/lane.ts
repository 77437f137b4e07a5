// One lane as its owner sees it: in this thread, or in one of its own.
import type { Worker } from 'node:worker_threads'
import { type Answer, Asker } from '../../common/calls.ts'
import { startWorker } from '../../common/start-worker.ts'
import type { LaneAsk, LaneCall, LaneHost } from './host.ts'
import { type LaneWork, openHost } from './open-host.ts'

type Result<K extends LaneCall> = Awaited<ReturnType<LaneHost[K]>>

export interface Lane {
  call<K extends LaneCall>(method: K, ...args: Parameters<LaneHost[K]>): Promise<Result<K>>
  /** The same, with buffers of the arguments that are the lane's from then on: no copy of them is made. */
  give<K extends LaneCall>(
    buffers: ArrayBuffer[],
    method: K,
    ...args: Parameters<LaneHost[K]>
  ): Promise<Result<K>>
  close(): Promise<void>
}

/** As a thread does, it takes one call after the other. */
export function localLane(work: LaneWork): Lane {
  const host = openHost(work)
  let last: Promise<unknown> = Promise.resolve()
  const call: Lane['call'] = (method, ...args) => {
    const run = host[method] as (...given: unknown[]) => Promise<never>
    const answer = last.then(() => run.apply(host, args))
    last = answer.catch(() => {}) // whoever called hears of it
    return answer
  }
  return {
    call,
    give: (_, method, ...args) => call(method, ...args),
    close: () => host.close(),
  }
}

export class ThreadLane implements Lane {
  private readonly worker: Worker
  private readonly asker = new Asker<LaneAsk>((ask, buffers) => this.worker.postMessage(ask, buffers))
  private readonly exited: Promise<void>

  constructor(work: LaneWork) {
    this.worker = startWorker('./lane-thread', import.meta.url, { workerData: work })
    this.worker.on('message', (answer: Answer) => this.asker.answered(answer))
    this.worker.on('error', (error) => this.asker.end(error))
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', (code) => {
        this.asker.end(new Error(`a training thread ended with code ${code}`))
        resolve()
      })
    })
  }

  call<K extends LaneCall>(method: K, ...args: Parameters<LaneHost[K]>): Promise<Result<K>> {
    return this.asker.ask({ method, args })
  }

  give<K extends LaneCall>(
    buffers: ArrayBuffer[],
    method: K,
    ...args: Parameters<LaneHost[K]>
  ): Promise<Result<K>> {
    return this.asker.ask({ method, args }, buffers)
  }

  /** Ends by itself after what it is doing: ONNX Runtime can't be interrupted, terminate() would abort the process. */
  async close(): Promise<void> {
    await this.call('close').catch(() => {})
    await this.exited
  }
}
