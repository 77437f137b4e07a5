// A comparison as people read it.
import { markdownTable } from '../../common/markdown.ts'
import type { Comparison } from './compare.ts'

export function comparisonText({ current, next, segments, episodes, verdicts }: Comparison): string {
  const rows = verdicts.map(({ measure, decisive, verdict, margin, ...values }) => [
    measure,
    ...[values.current, values.next, values.next - values.current, margin].map(short),
    decisive || verdict === 'equal' ? verdict : `${verdict} (not decisive)`,
  ])
  const head = ['measure', current, next, 'difference', 'margin', `${next} is`]
  return `${segments} segments of ${episodes}\n\n${markdownTable([head, ...rows])}`
}

/** Four digits, without an exponent where there is none to save. */
const short = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(4))))
