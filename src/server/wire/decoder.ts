// Decodes what clients send: light bodies at once, heavy ones in a thread, one after the other, in which the keys take turns.
import type { Worker } from 'node:worker_threads'
import { receivedError } from '../../common/calls.ts'
import { DimaError } from '../../common/errors.ts'
import { startWorker } from '../../common/start-worker.ts'
import { sum } from '../../common/statistics.ts'
import { type Format, isHeavy, parse } from './decode.ts'
import type { Result, Task } from './decoder-thread.ts'
import { unpack } from './pack.ts'

/** Bytes of all bodies that wait for the thread; one key may have half of them. */
const MOST_BYTES = 256 * 1024 * 1024
/** The worst that the bounds let through takes a second or two; a thread that is silent for longer is replaced. */
const SILENCE_MS = 20_000
const MEMORY_MIB = 1024

interface Job extends Task {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

export class Decoder {
  private readonly waiting = new Map<string, Job[]>() // by key, whose turn it is first
  private bytes = 0
  private running: Job | undefined
  private worker: Worker | undefined
  private silence: NodeJS.Timeout | undefined
  private closed = false

  /**
   * A promise only for what is heavy. Throws, or rejects with, DimaError as the scans do, or `overloaded`.
   * @param given the memory of `bytes` is theirs alone, and is not used afterwards
   */
  decode(bytes: Uint8Array, format: Format, owner: string, given = false): unknown {
    if (!isHeavy(bytes, format)) return parse(bytes, format)
    return this.enqueue(given ? bytes : new Uint8Array(bytes), format, owner)
  }

  async close(): Promise<void> {
    this.closed = true
    const left = [...this.waiting.values()].flat()
    this.waiting.clear()
    for (const { reject } of [...left, ...(this.running ? [this.running] : [])]) reject(stopping())
    this.running = undefined
    await this.endWorker()
  }

  private enqueue(bytes: Uint8Array, format: Format, owner: string): Promise<unknown> {
    if (this.closed) throw stopping()
    const jobs = this.waiting.get(owner) ?? []
    const own = bytes.length + sum(jobs.map((job) => job.bytes.length))
    if (own > MOST_BYTES / 2)
      throw new DimaError('rate_limited', 'too many large bodies of this key wait to be read')
    if (this.bytes + bytes.length > MOST_BYTES)
      throw new DimaError('overloaded', 'too many large bodies wait to be read')
    return new Promise((resolve, reject) => {
      this.bytes += bytes.length
      jobs.push({ bytes, format, resolve, reject })
      this.waiting.set(owner, jobs)
      this.next()
    })
  }

  private next(): void {
    const [turn] = this.waiting
    if (this.running || !turn) return
    const [owner, jobs] = turn
    this.running = jobs.shift()!
    this.waiting.delete(owner)
    if (jobs.length > 0) this.waiting.set(owner, jobs) // after the others
    this.bytes -= this.running.bytes.length // which is 0 once they have crossed
    this.start(this.running)
  }

  private start({ bytes, format }: Job): void {
    this.worker ??= this.startThread()
    this.worker.ref()
    this.silence = setTimeout(() => void this.endWorker(), SILENCE_MS)
    this.worker.postMessage({ bytes, format } satisfies Task, [bytes.buffer as ArrayBuffer])
  }

  private startThread(): Worker {
    const limits = { maxOldGenerationSizeMb: MEMORY_MIB }
    const worker = startWorker('./decoder-thread', import.meta.url, { resourceLimits: limits })
    worker.on('message', (result: Result) => this.done((job) => settle(job, result)))
    worker.on('error', () => {}) // it exits then
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined
      this.done(({ reject }) => reject(tooMuch()))
    })
    return worker
  }

  private done(tell: (job: Job) => void): void {
    const { running } = this
    if (!running) return
    clearTimeout(this.silence)
    this.running = undefined
    this.worker?.unref()
    tell(running)
    this.next()
  }

  private async endWorker(): Promise<void> {
    clearTimeout(this.silence)
    await this.worker?.terminate()
  }
}

function settle({ resolve, reject }: Job, result: Result): void {
  if ('packed' in result) resolve(unpack(result.packed))
  else reject(receivedError(result.error))
}

const stopping = (): DimaError => new DimaError('not_ready', 'the server is about to stop')

/** A body that has ended its thread would end the next one too. */
const tooMuch = (): DimaError =>
  new DimaError('body_too_large', 'reading the body takes more time or memory than a body may', {
    field: 'body',
  })
