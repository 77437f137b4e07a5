// Sums, means and the like of lists of numbers, added up in order, in double precision.

export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total
}

/** NaN of none. */
export const mean = (values: ArrayLike<number>): number => sum(values) / values.length

/** Mean square distance from the mean: of these values, not an estimate of what they were drawn from. */
export const variance = (values: ArrayLike<number>): number => squares(values) / values.length

/** Root of the variance. */
export const deviation = (values: ArrayLike<number>): number => Math.sqrt(variance(values))

/** Deviation of the population that the values were drawn from (n - 1); undefined of fewer than two. */
export const sampleDeviation = (values: ArrayLike<number>): number | undefined =>
  values.length < 2 ? undefined : Math.sqrt(squares(values) / (values.length - 1))

function squares(values: ArrayLike<number>): number {
  const centre = mean(values)
  let total = 0
  for (let i = 0; i < values.length; i++) total += (values[i]! - centre) ** 2
  return total
}

/** Between the two in the middle where there is no middle one. NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** By nearest rank, each one of the values: at least such a share of them is no larger. NaN of none. */
export function quantiles(values: ArrayLike<number>, shares: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort()
  return shares.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN)
}

/** Smallest of values that may be too many for the arguments of Math.min; Infinity of none. */
export function least(values: ArrayLike<number>): number {
  let found = Number.POSITIVE_INFINITY
  for (let i = 0; i < values.length; i++) found = Math.min(found, values[i]!)
  return found
}

/** Largest of values that may be too many for the arguments of Math.max; -Infinity of none. */
export function greatest(values: ArrayLike<number>): number {
  let found = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) found = Math.max(found, values[i]!)
  return found
}
