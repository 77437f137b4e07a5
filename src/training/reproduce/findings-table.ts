// The results of checks as people read them.
import { rangeText } from './measure.ts'
import type { CheckResult } from './reproduce.ts'

export function findingsTable(results: readonly CheckResult[]): string {
  const rows = results.flatMap(({ check, findings, skipped }) =>
    skipped === undefined
      ? findings.map((finding) => [
          String(check),
          finding.figure,
          finding.value.toPrecision(3),
          rangeText(finding),
          finding.source,
          finding.verdict,
        ])
      : [[String(check), `not run: ${skipped}`, '-', '-', '-', '-']],
  )
  return aligned([['check', 'figure', 'value', 'threshold', 'dima.md', 'verdict'], ...rows])
}

/** What each miss means, a line each. */
export const explainMisses = (results: readonly CheckResult[]): string[] =>
  results.flatMap(({ check, findings }) =>
    findings
      .filter(({ verdict }) => verdict === 'miss')
      .map(({ figure, why }) => `check ${check} missed: ${figure} (${why})`),
  )

/** Markdown, columns aligned; the first row is the head. */
function aligned([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)))
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
