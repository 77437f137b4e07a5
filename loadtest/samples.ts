// What became of every request, in columns: an object for each would be garbage that shows in the 99th percentile.
import type { Answer } from './target.ts'

export class Samples {
  /** performance.now() when a request should have been sent, when it was, and when it was answered (NaN: not yet) */
  readonly due: number[] = []
  readonly sent: number[] = []
  readonly done: number[] = []
  readonly code: string[] = []
  readonly steps: number[] = []
  readonly queueMs: number[] = []
  readonly computeMs: number[] = []
  readonly totalMs: number[] = []
  readonly retryAfter: boolean[] = []

  get count(): number {
    return this.due.length
  }

  /** Returns the number of the request. */
  begin(due: number, sent: number): number {
    this.due.push(due)
    this.sent.push(sent)
    this.done.push(Number.NaN)
    this.code.push('unanswered')
    this.steps.push(0)
    this.queueMs.push(0)
    this.computeMs.push(0)
    this.totalMs.push(0)
    this.retryAfter.push(false)
    return this.due.length - 1
  }

  end(index: number, answer: Answer, now = performance.now()): void {
    this.done[index] = now
    this.code[index] = answer.code
    this.steps[index] = answer.steps
    this.queueMs[index] = answer.queueMs
    this.computeMs[index] = answer.computeMs
    this.totalMs[index] = answer.totalMs
    this.retryAfter[index] = answer.retryAfter ?? false
  }

  /** Numbers of the requests for which `test` holds. */
  which(test: (index: number) => boolean): number[] {
    const found: number[] = []
    for (let i = 0; i < this.count; i++) if (test(i)) found.push(i)
    return found
  }
}
