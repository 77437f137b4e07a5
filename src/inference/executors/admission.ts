// Which work may wait. The queue is bounded by the time that what is in it will take: a longer one only makes every
// answer late, and who is refused at once can turn to another server.
import { DimaError } from '../../common/errors.ts'
import type { WorkOptions } from '../runner.ts'

export interface AdmissionOptions {
  /** longest expected wait */
  maxQueueMs: number
  executors: number
}

/** Nothing is known of the cost at first; this bounds the queue all the same. */
const MOST_UNITS = 1_000_000
/** Weight of the newest measurement in the running cost. */
const NEWEST = 0.2

export class Admission {
  private readonly options: AdmissionOptions
  /** running mean of one unit's compute time; a unit is a row for one step */
  private unitMs = 0

  constructor(options: AdmissionOptions) {
    this.options = options
  }

  /** Why `units` more may not wait behind `waiting`, or undefined. An empty queue takes anything. */
  refusal(waiting: number, units: number): DimaError | undefined {
    if (waiting === 0) return undefined
    const waitMs = (waiting * this.unitMs) / this.options.executors
    if (waitMs <= this.options.maxQueueMs && waiting + units <= MOST_UNITS) return undefined
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
    return new DimaError('overloaded', 'too much work is waiting', { retryAfterSeconds })
  }

  measured(units: number, computeMs: number): void {
    const unitMs = computeMs / units
    this.unitMs = this.unitMs === 0 ? unitMs : this.unitMs + NEWEST * (unitMs - this.unitMs)
  }
}

/** Why waiting work is not wanted any more, or undefined. */
export function overdue({ signal, deadline }: WorkOptions, now: number): DimaError | undefined {
  if (signal?.aborted) return new DimaError('canceled', 'the request was canceled while it waited')
  if (deadline !== undefined && now > deadline)
    return new DimaError('deadline_exceeded', 'the deadline passed while the request waited')
  return undefined
}
