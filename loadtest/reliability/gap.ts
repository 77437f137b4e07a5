// How long a session stood still around a moment: the longest time without a commit since then.
export class Gap {
  commits = 0
  private last: number
  private since = Number.POSITIVE_INFINITY
  private longest = 0
  private commitsBefore = 0

  /** @param now milliseconds, as everywhere here */
  constructor(now: number) {
    this.last = now
  }

  /** Measures from here on. */
  mark(now: number): void {
    this.since = now
    this.longest = 0
    this.commitsBefore = this.commits
  }

  commit(now: number): void {
    this.longest = Math.max(this.longest, this.standing(now))
    this.last = now
    this.commits++
  }

  /** Whether there was a commit since the mark. */
  get moved(): boolean {
    return this.commits > this.commitsBefore
  }

  /** Counts the time that has gone by without a commit up to now, too. */
  read(now: number): number {
    return Math.max(this.longest, this.standing(now))
  }

  /** What lies before the mark does not count. */
  private standing(now: number): number {
    return Math.max(0, now - Math.max(this.last, this.since))
  }
}
