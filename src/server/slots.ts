// Streamed rollouts at once: each holds its request, its rows and what its reader has not taken yet for as long as the
// reader likes. There are so many for everyone, and so many for one key.
import { DimaError } from '../common/errors.ts'

export class Slots {
  private readonly all: number
  private readonly each: number
  private readonly byOwner = new Map<string, number>()
  private taken = 0

  constructor(all: number, each: number) {
    this.all = all
    this.each = each
  }

  /** @returns gives the slot back. Throws DimaError `stream_limit`, or `overloaded` when others have them all. */
  take(owner: string): () => void {
    const own = this.byOwner.get(owner) ?? 0
    if (own >= this.each)
      throw new DimaError('stream_limit', `you have ${own} of ${this.each} streamed rollouts`, {
        expected: this.each,
        given: own + 1,
      })
    if (this.taken >= this.all)
      throw new DimaError('overloaded', 'the server streams as many rollouts as it may', {
        retryAfterSeconds: 1,
      })
    this.count(owner, 1)
    return () => this.count(owner, -1)
  }

  private count(owner: string, change: number): void {
    this.taken += change
    const own = (this.byOwner.get(owner) ?? 0) + change
    if (own > 0) this.byOwner.set(owner, own)
    else this.byOwner.delete(owner)
  }
}
