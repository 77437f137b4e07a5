// The errors that an evaluation is made of.
import { mean, median } from '../common/statistics.ts'

/** Mean absolute error of every row and step of [B, steps, width], over entries; entry s is divided by scale[s]. */
export function rowErrors(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  steps: number,
  width: number,
  scale?: readonly number[],
): number[][] {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`)
  const rows = Array.from({ length: a.length / (steps * width) }, () => Array<number>(steps).fill(0))
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i]! - b[i]!) / (scale ? scale[i % width]! : 1)
    rows[Math.floor(i / (steps * width))]![Math.floor(i / width) % steps]! += error / width
  }
  return rows
}

/** Row errors averaged over the rows, [steps]. */
export const stepErrors = (...arrays: Parameters<typeof rowErrors>): number[] =>
  columns(rowErrors(...arrays)).map(mean)

/** Median over the rows of the error accumulated up to every step: what a typical row sees. */
export const medianAccumulated = (rows: readonly number[][]): number[] =>
  columns(rows.map(accumulate)).map(median)

const columns = (rows: readonly number[][]): number[][] =>
  Array.from({ length: rows[0]?.length ?? 0 }, (_, step) => rows.map((row) => row[step]!))

/** Running sums: the error accumulated up to every step. */
export function accumulate(errors: readonly number[]): number[] {
  let sum = 0
  return errors.map((error) => {
    sum += error
    return sum
  })
}
