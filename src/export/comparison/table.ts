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

/** Four digits; what is smaller than all margins is nothing. */
const short = (value: number): string => (Math.abs(value) < 5e-5 ? '0' : String(Number(value.toPrecision(4))))
