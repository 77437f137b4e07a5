// Which work may wait. A model's queue is bounded by the time that what is in it will take: a longer one only makes every
// answer late, and who is refused at once can turn to another server.
import { DimaError } from '../../common/errors.ts'
import type { WorkOptions } from '../runner.ts'

export interface AdmissionOptions {
  /** longest expected wait */
  maxQueueMs: number
  executors: number
  /** rows of an execution when many wait */
  batchSize: number
}

/** Nothing is known of the cost at first; this bounds the queue all the same. */
const MOST_UNITS = 1_000_000
/** Weight of the newest measurement in the running cost. */
const NEWEST = 0.2

interface Load {
  /** units that wait; a unit is a row for one step */
  waiting: number
  /**
   * running mean of what a step of an execution takes. Of executions, not of rows: a row alone costs ten times what it
   * costs in a full batch, and a queue that has just filled up will leave in full ones
   */
  stepMs: number
}

export class Admission {
  private readonly options: AdmissionOptions
  /** by model: one that is overloaded does not turn the others' callers away */
  private readonly loads = new Map<string, Load>()

  constructor(options: AdmissionOptions) {
    this.options = options
  }

  /**
   * Counts `units` as waiting, or says why they may not. An empty queue takes anything.
   * @param steps of the work itself
   * @param deadline performance.now() by which it must be done
   */
  enter(digest: string, units: number, steps: number, deadline?: number): DimaError | undefined {
    const load = this.loadOf(digest)
    const { executors, batchSize, maxQueueMs } = this.options
    const waitMs = ((load.waiting / batchSize) * load.stepMs) / executors
    // Before it what is being computed now must end, and then it takes its own time.
    const doneMs = waitMs + 2 * steps * load.stepMs
    const tooLate = deadline !== undefined && performance.now() + doneMs > deadline
    const full = tooLate || waitMs > maxQueueMs || load.waiting + units > MOST_UNITS
    if (load.waiting > 0 && full) {
      const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
      return new DimaError('overloaded', 'too much work is waiting', { retryAfterSeconds })
    }
    load.waiting += units
    return undefined
  }

  /** They wait again after a failure: nobody is refused twice. */
  return(digest: string, units: number): void {
    this.loadOf(digest).waiting += units
  }

  leave(digest: string, units: number): void {
    this.loadOf(digest).waiting -= units
  }

  /** An execution of so many steps has taken so long. */
  measured(digest: string, steps: number, computeMs: number): void {
    const load = this.loadOf(digest)
    const stepMs = computeMs / steps
    load.stepMs = load.stepMs === 0 ? stepMs : load.stepMs + NEWEST * (stepMs - load.stepMs)
  }

  private loadOf(digest: string): Load {
    const known = this.loads.get(digest)
    if (known) return known
    const load = { waiting: 0, stepMs: 0 }
    this.loads.set(digest, load)
    return load
  }
}

/** Why waiting work is not wanted any more, or undefined. */
export function overdue({ signal, deadline }: WorkOptions, now: number): DimaError | undefined {
  if (signal?.aborted) return new DimaError('canceled', 'the request was canceled while it waited')
  if (deadline !== undefined && now > deadline)
    return new DimaError('deadline_exceeded', 'the deadline passed while the request waited')
  return undefined
}
