// The end of a server: it takes no new work, tells whoever listens, finishes what is running, and ends what takes too
// long. What is asked of sessions without changing them is still answered.
import { setTimeout as sleep } from 'node:timers/promises'
import { DimaError } from '../common/errors.ts'

/** Somebody who has work under way. */
export interface Party {
  /** Told at the beginning of the end. */
  announce?(leftMs: number): void
  isBusy(): boolean
  /** Has what is left fail with this error. */
  end(error: DimaError): void
}

/** What those who were told get to take snapshots of their sessions, if nothing else is running. */
export const NOTICE_MS = 500
/** What errors get to reach their callers. */
const LAST_WORDS_MS = 1000
const LOOK_EVERY_MS = 10

export class Draining {
  private readonly limitMs: number
  private readonly parties: Party[] = []
  private readonly work = new Set<(error: DimaError) => void>()
  private deadline: number | undefined

  /** @param seconds what work that is running gets */
  constructor(seconds: number) {
    this.limitMs = seconds * 1000
    this.join({
      isBusy: () => this.work.size > 0,
      end: (error) => {
        for (const fail of this.work) fail(error)
      },
    })
  }

  get active(): boolean {
    return this.deadline !== undefined
  }

  /** Throws DimaError `draining` once the end has begun. */
  refuse(): void {
    if (this.active) throw this.error()
  }

  join(party: Party): void {
    this.parties.push(party)
  }

  /**
   * A piece of work begins.
   * @param fail is called when it has taken too long
   * @returns to be called when it is over; any number of times
   */
  enter(fail: (error: DimaError) => void): () => void {
    this.work.add(fail)
    return () => this.work.delete(fail)
  }

  /** Resolves when nothing is running any more, soon after the limit at the latest. */
  async run(): Promise<void> {
    const deadline = performance.now() + this.limitMs
    this.deadline = deadline
    for (const party of this.parties) party.announce?.(this.limitMs)
    await this.idle(deadline)
    const error = this.error()
    for (const party of this.parties) party.end(error)
    await this.idle(performance.now() + LAST_WORDS_MS)
  }

  private async idle(until: number): Promise<void> {
    while (this.parties.some((party) => party.isBusy()) && performance.now() < until)
      await sleep(LOOK_EVERY_MS)
  }

  private error(): DimaError {
    const leftMs = Math.max(0, this.deadline! - performance.now())
    const retryAfterSeconds = Math.ceil(leftMs / 1000) || 1
    return new DimaError('draining', 'the server is about to stop', { retryAfterSeconds })
  }
}

/** Rejects with the reason of `signal` if the server aborts it before the work is done; it may go on unheard then. */
export function unlessEnded<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => {
      if (signal.reason instanceof DimaError) reject(signal.reason)
    }
    signal.addEventListener('abort', ended, { once: true })
    work.then(resolve, reject)
  })
}
