// How far the numbers of a device are from the CPU's.

/** Largest absolute difference; NaN where one has it. */
export function largestDifference(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let worst = 0
  for (const [i, array] of a.entries()) {
    for (let j = 0; j < array.length; j++) worst = Math.max(worst, Math.abs(array[j]! - b[i]![j]!))
  }
  return worst
}

/** Share of the numbers that differ by more than `tolerance`. */
export function shareBeyond(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): number {
  let beyond = 0
  for (let i = 0; i < a.length; i++) beyond += Math.abs(a[i]! - b[i]!) <= tolerance ? 0 : 1
  return beyond / a.length
}
