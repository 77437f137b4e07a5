// What a check finds: figures, each with the range it should lie in and why.

import { median } from '../../common/statistics.ts'

/** Bounds are inclusive; with neither the figure is only reported. */
export interface Range {
  low?: number
  high?: number
}

export interface Measure extends Range {
  figure: string
  value: number
  /** section of method.md that the range is of */
  source: string
  /** what a value outside the range means, or why there is none */
  why: string
}

/**
 * Figures of several episodes: the range is that of the median one, the mean is only reported. Of forty held-out episodes of
 * HalfCheetah-2x3 one turned over further than any in training: it alone made a loss of 0.009 one of 0.035.
 */
export function typical({
  figure,
  values,
  ...rest
}: Omit<Measure, 'value'> & { values: number[] }): Measure[] {
  const { low: _, high: __, ...reported } = rest
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  return [
    { figure: `${figure}, median episode`, value: median(values), ...rest },
    { ...reported, figure: `${figure}, mean`, value: mean, why: 'unlike the median where episodes differ' },
  ]
}

export type Verdict = 'pass' | 'miss' | 'reported'

/** A value that is no number is a miss, whatever the range. */
export function verdictOf({ value, low, high }: Pick<Measure, 'value' | 'low' | 'high'>): Verdict {
  if (Number.isNaN(value)) return 'miss'
  if (low === undefined && high === undefined) return 'reported'
  return value >= (low ?? -Infinity) && value <= (high ?? Infinity) ? 'pass' : 'miss'
}

export function rangeText({ low, high }: Range): string {
  if (low !== undefined && high !== undefined) return `${short(low)} to ${short(high)}`
  if (low !== undefined) return `>= ${short(low)}`
  return high === undefined ? '-' : `<= ${short(high)}`
}

/** Three significant digits, without trailing zeros. */
const short = (value: number): string => String(Number(value.toPrecision(3)))
