// The errors that an evaluation is made of.

/** Mean absolute error of every step of [B, steps, width], over rows and entries; entry s is divided by scale[s]. */
export function stepErrors(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  steps: number,
  width: number,
  scale?: readonly number[],
): number[] {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`)
  const sums = new Float64Array(steps)
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i]! - b[i]!)
    sums[Math.floor(i / width) % steps]! += scale ? error / scale[i % width]! : error
  }
  return Array.from(sums, (sum) => sum / (a.length / steps))
}

/** Running sums: the error accumulated up to every step. */
export function accumulate(errors: readonly number[]): number[] {
  let sum = 0
  return errors.map((error) => {
    sum += error
    return sum
  })
}
