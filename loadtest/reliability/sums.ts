// Figures over many clients.
import { quantiles } from '../../src/common/statistics.ts'

export function sumByKey(counts: Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const count of counts) for (const [key, n] of Object.entries(count)) sums[key] = (sums[key] ?? 0) + n
  return sums
}

/** By nearest rank; 0 of none. */
export const quantile = (values: readonly number[], share: number): number =>
  quantiles(values, [share])[0] || 0
