// Who is likely to ask again at once. A controller answers a step with its next one; a batch that left before it came
// would be half empty for ever. So the sessions of a batch that was just delivered are waited for, but only where waiting
// has been worth it: sessions that step at a rate of their own do not come back within the delay.

/** Weight of the newest delivery in the running share. */
const NEWEST = 0.2
/** Below this share of returns nobody is waited for. */
const WORTH_IT = 0.5

interface Delivery {
  missing: Set<number>
  size: number
  until: number
}

export class Expectation {
  private readonly delayMs: number
  /** Within the delay, oldest first. */
  private readonly deliveries: Delivery[] = []
  /** running share of delivered rows that came back within the delay */
  private returning = 1

  constructor(delayMs: number) {
    this.delayMs = delayMs
  }

  delivered(ids: readonly number[], now: number): void {
    this.expire(now)
    if (ids.length === 0) return
    this.deliveries.push({ missing: new Set(ids), size: ids.length, until: now + this.delayMs })
  }

  arrived(id: number): void {
    this.deliveries.some(({ missing }) => missing.delete(id))
  }

  /** Milliseconds to wait for those who are expected: 0 when all are there or waiting is not worth it. */
  wait(now: number): number {
    this.expire(now)
    if (this.returning < WORTH_IT) return 0
    const awaited = this.deliveries.filter(({ missing }) => missing.size > 0)
    return Math.max(0, ...awaited.map(({ until }) => until - now))
  }

  private expire(now: number): void {
    while (this.deliveries[0] && this.deliveries[0].until <= now) {
      const { missing, size } = this.deliveries.shift()!
      this.returning += NEWEST * (1 - missing.size / size - this.returning)
    }
  }
}
