// Who is likely to ask again at once. A controller answers a step with its next one; a batch that left before it came
// would be half empty for ever. So the sessions of a batch that was just delivered are waited for, but only where waiting
// has been worth it: sessions that step at a rate of their own do not come back within the delay.

/** Waiting longer than this share of what a batch takes to compute can't be worth what it saves. */
const OF_COMPUTE = 0.5
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
  /** Within the delay. */
  private deliveries: Delivery[] = []
  /** running share of delivered rows that came back within the delay */
  private returning = 1

  constructor(delayMs: number) {
    this.delayMs = delayMs
  }

  /** A batch that took `computeMs` has been answered. */
  delivered(ids: readonly number[], computeMs: number, now: number): void {
    this.expire(now)
    if (ids.length === 0) return
    const until = now + Math.min(this.delayMs, OF_COMPUTE * computeMs)
    this.deliveries.push({ missing: new Set(ids), size: ids.length, until })
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
    for (const { missing, size } of this.deliveries.filter(({ until }) => until <= now))
      this.returning += NEWEST * (1 - missing.size / size - this.returning)
    this.deliveries = this.deliveries.filter(({ until }) => until > now)
  }
}
