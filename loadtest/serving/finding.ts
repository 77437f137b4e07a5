// One line of the report: what was measured, what came out, and the target if there is one.
import { significant } from '../record.ts'

export interface Finding {
  measure: string
  value: number
  unit: string
  /** for example '>= 0.85' */
  target: string
  met: 'yes' | 'no' | ''
  note: string
}

export interface Target {
  /** the least, or the most, that is wanted */
  least?: number
  most?: number
}

export function finding(
  measure: string,
  value: number,
  unit: string,
  { least, most }: Target = {},
  note = '',
): Finding {
  const wanted = least !== undefined ? `>= ${least}` : most !== undefined ? `<= ${most}` : ''
  const met = value >= (least ?? Number.NEGATIVE_INFINITY) && value <= (most ?? Number.POSITIVE_INFINITY)
  return {
    measure,
    value: Math.abs(value) >= 1000 ? Math.round(value) : significant(value),
    unit,
    target: wanted,
    met: wanted === '' ? '' : met ? 'yes' : 'no',
    note,
  }
}
