// One piece of work after the other, in the order in which they were asked for.

export class InTurn {
  private last: Promise<unknown> = Promise.resolve()

  /** Resolves or rejects as the work does; what comes behind it is done either way. */
  do<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work)
    this.last = done.catch(() => {})
    return done
  }
}
