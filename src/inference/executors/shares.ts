// Whose turn it is, so that everyone who asks gets an equal share however much of it waits (start-time fair queueing).
// Each owner has a clock that its own work moves on, and the owner whose clock is furthest behind comes next. Who comes
// back after a pause starts with the others: time in which nothing was asked is not saved up.

/** Work whose owner is not named: that of a server without keys, of tests and of benchmarks. */
export const NOBODY = ''

export class Shares {
  /** by owner: units given, in the common time */
  private readonly clocks = new Map<string, number>()
  /** the clock of the latest turn; nobody's is behind it */
  private time = 0

  /** The one whose turn it is; the first of equals. Undefined when there is none. */
  next(owners: Iterable<string>): string | undefined {
    let next: string | undefined
    let least = Number.POSITIVE_INFINITY
    for (const owner of owners) {
      const clock = this.clockOf(owner)
      if (clock >= least) continue
      least = clock
      next = owner
    }
    return next
  }

  clockOf(owner: string): number {
    return Math.max(this.time, this.clocks.get(owner) ?? 0)
  }

  /** The owner's turn has come: nobody can fall further behind than this. */
  turn(owner: string): void {
    this.time = this.clockOf(owner)
  }

  /** The owner gets `units`; negative ones are given back. */
  charge(owner: string, units: number): void {
    this.clocks.set(owner, this.clockOf(owner) + units)
  }

  /** Forgets those who are not ahead of anyone. */
  sweep(): void {
    for (const [owner, clock] of this.clocks) if (clock <= this.time) this.clocks.delete(owner)
  }
}
