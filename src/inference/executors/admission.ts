// Which work may wait. A model's queue is bounded by the time until what enters will leave it: a longer one only makes
// every answer late, and who is refused at once can turn to another server. Owners take turns, so what one of them has
// piled up is in the way of its own next work and hardly in that of the others.
import { DimaError } from '../../common/errors.ts'

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
  /** units that wait, by owner; a unit is a row for one step */
  waiting: Map<string, number>
  /** of all owners */
  total: number
  /**
   * running mean of what a step of an execution takes. Of executions, not of rows: a row alone costs ten times what it
   * costs in a full batch, and a queue that has just filled up will leave in full ones
   */
  stepMs: number
}

export interface Entering {
  digest: string
  owner: string
  units: number
  /** of the work itself */
  steps: number
  /** performance.now() by which it must be done */
  deadline: number | undefined
}

export class Admission {
  private readonly options: AdmissionOptions
  /** by model: one that is overloaded does not turn the others' callers away */
  private readonly loads = new Map<string, Load>()

  constructor(options: AdmissionOptions) {
    this.options = options
  }

  /**
   * Counts what enters as waiting, or says why it may not: `crowded` if it would be so for whatever else the owner asks.
   * Who has nothing waiting may always ask for something.
   */
  enter({ digest, owner, units, steps, deadline }: Entering): DimaError | undefined {
    const load = this.loadOf(digest)
    const own = load.waiting.get(owner) ?? 0
    const before = own + othersAhead(load, owner, own)
    const waitMs = this.timeOf(before, load)
    const crowded = own > 0 && (waitMs > this.options.maxQueueMs || before + units > MOST_UNITS)
    if (crowded || this.isTooLate(load, own + othersAhead(load, owner, own + units), steps, deadline)) {
      const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
      return new DimaError('overloaded', 'too much work is waiting', { retryAfterSeconds, crowded })
    }
    this.add(load, owner, units)
    return undefined
  }

  /** They wait again after a failure: nobody is refused twice. */
  return(digest: string, owner: string, units: number): void {
    this.add(this.loadOf(digest), owner, units)
  }

  leave(digest: string, owner: string, units: number): void {
    this.add(this.loadOf(digest), owner, -units)
  }

  /** An execution of so many steps has taken so long. */
  measured(digest: string, steps: number, computeMs: number): void {
    const load = this.loadOf(digest)
    const stepMs = computeMs / steps
    load.stepMs = load.stepMs === 0 ? stepMs : load.stepMs + NEWEST * (stepMs - load.stepMs)
  }

  /** What an execution of so many steps usually takes; 0: not known yet. */
  usualMs(digest: string, steps: number): number {
    return this.loadOf(digest).stepMs * steps
  }

  /** Forgets what is known of models that are not loaded any more, once nothing waits for them. */
  keepOnly(isLoaded: (digest: string) => boolean): void {
    for (const [digest, { total }] of this.loads)
      if (total === 0 && !isLoaded(digest)) this.loads.delete(digest)
  }

  /** What is being computed now must end, then what comes before, and then it takes its own time. */
  private isTooLate(load: Load, before: number, steps: number, deadline: number | undefined): boolean {
    if (deadline === undefined || load.total === 0) return false // an empty queue takes anything
    return performance.now() + this.timeOf(before, load) + 2 * steps * load.stepMs > deadline
  }

  private timeOf(units: number, { stepMs }: Load): number {
    const { executors, batchSize } = this.options
    return ((units / batchSize) * stepMs) / executors
  }

  private add(load: Load, owner: string, units: number): void {
    const own = (load.waiting.get(owner) ?? 0) + units
    if (own > 0) load.waiting.set(owner, own)
    else load.waiting.delete(owner)
    load.total += units
  }

  private loadOf(digest: string): Load {
    const known = this.loads.get(digest)
    if (known) return known
    const load = { waiting: new Map<string, number>(), total: 0, stepMs: 0 }
    this.loads.set(digest, load)
    return load
  }
}

/** What others get while the owner gets `units`: turns are equal, so of each at most as much. */
function othersAhead({ waiting, total }: Load, owner: string, units: number): number {
  if (units === 0) return 0
  if (units >= total) return total - (waiting.get(owner) ?? 0)
  let sum = 0
  for (const [other, theirs] of waiting) if (other !== owner) sum += Math.min(theirs, units)
  return sum
}
