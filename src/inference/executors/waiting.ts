// What all work that waits for an executor has in common: it was admitted, its owner's turn comes, nobody may want it any
// more, and it waits again when its executor has died.
import { abandonedBy, type Cancellation, DimaError } from '../../common/errors.ts'
import type { Admission } from './admission.ts'
import { Shares } from './shares.ts'

export interface Waiting {
  owner: string
  signal: Cancellation | undefined
  deadline: number | undefined
  digest: string
  /** performance.now() */
  arrived: number
  reject: (error: unknown) => void
}

export abstract class WaitingQueue<Item extends Waiting> {
  protected readonly admission: Admission
  protected readonly shares = new Shares()
  protected closed = false

  constructor(admission: Admission) {
    this.admission = admission
  }

  protected abstract items(): Item[]
  /** Takes what waits of it out, and tells whoever asked. */
  protected abstract drop(item: Item, error: unknown): void

  get pending(): number {
    return this.items().length
  }

  /** Drops what nobody wants any more, and what is known of models that are gone; what is being computed is not stopped. */
  sweep(now: number, isLoaded: (digest: string) => boolean): void {
    this.shares.sweep()
    this.admission.keepOnly(isLoaded)
    for (const item of this.items()) {
      const error = overdue(item, now)
      if (error) this.drop(item, error)
    }
  }

  /** Fails everything that waits, and from now on what would be tried again. */
  close(error: DimaError): void {
    this.closed = true
    for (const item of this.items()) this.drop(item, error)
  }

  /** So many units of it leave for an executor. */
  protected give({ digest, owner }: Item, units: number): void {
    this.admission.leave(digest, owner, units)
    this.shares.charge(owner, units)
  }

  /** They come back, and wait again. */
  protected takeBack({ digest, owner }: Item, units: number): void {
    this.admission.return(digest, owner, units)
    this.shares.charge(owner, -units)
  }
}

/** What failed so may be tried again, by another executor. */
export const executorDied = (error: unknown): boolean =>
  error instanceof DimaError && error.code === 'executor_failed'

/** Why waiting work is not wanted any more, or undefined. */
function overdue({ signal, deadline }: Waiting, now: number): DimaError | undefined {
  if (signal?.aborted) return abandonedBy(signal, 'the request was canceled while it waited')
  if (deadline !== undefined && now > deadline)
    return new DimaError('deadline_exceeded', 'the deadline passed while the request waited')
  return undefined
}
