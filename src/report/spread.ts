// Mean and spread over seeds. Seeds are evaluated where their epochs end, which may differ by some steps: between two
// evaluations a curve is taken as straight, beyond its first and last nothing is said about it.
import { mean } from '../common/statistics.ts'
import type { Point } from './drawing/panel.ts'

export interface Spread {
  x: number
  mean: number
  low: number
  high: number
}

/** At every x of any curve that all of them reach. */
export function spreadOf(curves: readonly (readonly Point[])[]): Spread[] {
  const xs = [...new Set(curves.flatMap((curve) => curve.map(([x]) => x)))].sort((a, b) => a - b)
  return xs.flatMap((x) => {
    const values = curves.map((curve) => valueAt(curve, x)).filter((value) => value !== undefined)
    if (values.length < curves.length) return []
    return [{ x, mean: mean(values), low: Math.min(...values), high: Math.max(...values) }]
  })
}

/** The height of the curve at x, straight between its points; undefined outside of them. */
export function valueAt(curve: readonly Point[], x: number): number | undefined {
  const after = curve.findIndex(([at]) => at >= x)
  const next = curve[after]
  if (!next) return undefined
  if (next[0] === x) return next[1]
  const before = curve[after - 1]
  return before && before[1] + ((x - before[0]) / (next[0] - before[0])) * (next[1] - before[1])
}
