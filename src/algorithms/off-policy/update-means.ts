// Means of what an epoch's updates say, by network: one line each is logged of many updates.
import type { MetricLine } from '../../learning/learner.ts'

export class UpdateMeans {
  private readonly sums = new Map<string, Record<string, number>>()
  private count = 0

  /** @param said by network */
  add(said: Readonly<Record<string, Record<string, number>>>): void {
    this.count++
    for (const [network, metrics] of Object.entries(said)) {
      const sum = this.sums.get(network) ?? {}
      for (const [name, value] of Object.entries(metrics)) sum[name] = (sum[name] ?? 0) + value
      this.sums.set(network, sum)
    }
  }

  get losses(): Record<string, number> {
    return Object.fromEntries([...this.sums].map(([network, { loss = 0 }]) => [network, loss / this.count]))
  }

  /** A line of each network. */
  lines(): MetricLine[] {
    return [...this.sums].map(([network, sum]) => ({
      network,
      ...Object.fromEntries(Object.entries(sum).map(([name, value]) => [name, value / this.count])),
    }))
  }
}
