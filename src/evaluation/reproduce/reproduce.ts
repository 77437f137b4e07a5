// Puts a run to checks: `npm run reproduce`.
import { DimaError } from '../../common/errors.ts'
import { CHECKS, type Check } from './checks.ts'
import { type Measure, type Verdict, verdictOf } from './measure.ts'
import type { Subject } from './subject.ts'

export interface Finding extends Measure {
  verdict: Verdict
}

export interface CheckResult {
  check: number
  title: string
  /** why it was not run */
  skipped?: string
  findings: Finding[]
}

/** The checks named in `7,8`, in their own order; all for an empty text. */
export function parseChecks(text: string): Check[] {
  const known = CHECKS.map(({ number }) => String(number))
  const wanted = text === '' ? known : text.split(',').map((name) => name.trim())
  const unknown = wanted.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new DimaError('invalid_config', `--checks: there is no check ${unknown || '(empty)'}`, {
      field: 'checks',
      expected: known.join(),
      given: text,
    })
  return CHECKS.filter(({ number }) => wanted.includes(String(number)))
}

/** @param onCheck is told of every check before it runs */
export async function reproduce(
  subject: Subject,
  checks: readonly Check[],
  onCheck: (check: Check) => void = () => {},
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const check of checks) {
    const { number, title, run, missing } = check
    const skipped = missing?.(subject)
    if (skipped === undefined) onCheck(check)
    const measures = skipped === undefined ? await run(subject) : []
    const findings = measures.map((measure) => ({ ...measure, verdict: verdictOf(measure) }))
    results.push({ check: number, title, ...(skipped === undefined ? {} : { skipped }), findings })
  }
  return results
}

export const missed = (results: readonly CheckResult[]): Finding[] =>
  results.flatMap(({ findings }) => findings.filter(({ verdict }) => verdict === 'miss'))
