// The results of checks as people read them.
import { markdownTable } from '../../common/markdown.ts'
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
  return markdownTable([['check', 'figure', 'value', 'threshold', 'method.md', 'verdict'], ...rows])
}

/** What each miss means, a line each. */
export const explainMisses = (results: readonly CheckResult[]): string[] =>
  results.flatMap(({ check, findings }) =>
    findings
      .filter(({ verdict }) => verdict === 'miss')
      .map(({ figure, why }) => `check ${check} missed: ${figure} (${why})`),
  )
