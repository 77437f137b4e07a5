// A list of checks, run one after the other, with what came of each.
import { DimaError } from '../../common/errors.ts'

export interface Check<Subject> {
  /** What it looks at, as a user reads it. */
  readonly title: string
  /** Throws DimaError `contract_broken`; returns what could not be checked, if anything. */
  run(subject: Subject): Promise<string | undefined>
}

export interface CheckResult {
  readonly title: string
  /** What of it could not be checked, and why. */
  readonly skipped?: string
}

export interface CheckOptions {
  /** Steps tried for the course of episodes, over as many episodes as that takes. Default 1100. */
  steps?: number
  /** false: the same seed need not give the same trajectory, so none are compared. Default true. */
  deterministic?: boolean
  /** false: all episodes start alike, whatever the seed. Default true. */
  randomStarts?: boolean
  /** Steps after which an episode is truncated, where that is known. */
  episodeLimit?: number
  /** Called after each check. */
  onResult?: (result: CheckResult) => void
}

/**
 * What came of each check. The first broken rule closes the environment and is thrown as `contract_broken`, with the
 * title of its check as `rule`.
 */
export async function checkAll<Subject>(
  checks: readonly Check<Subject>[],
  env: { close(): unknown },
  guard: () => Subject,
  options: CheckOptions,
): Promise<CheckResult[]> {
  try {
    return await runChecks(checks, guard(), options)
  } catch (error) {
    await closeQuietly(env)
    throw error
  }
}

/** The error that counts is the one that was found before. */
async function closeQuietly(env: { close(): unknown }): Promise<void> {
  try {
    await env.close()
  } catch {}
}

async function runChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  { onResult }: CheckOptions,
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const check of checks) {
    const result = await runCheck(check, subject)
    onResult?.(result)
    results.push(result)
  }
  return results
}

async function runCheck<Subject>({ title, run }: Check<Subject>, subject: Subject): Promise<CheckResult> {
  try {
    const skipped = await run(subject)
    return skipped === undefined ? { title } : { title, skipped }
  } catch (error) {
    if (!(error instanceof DimaError) || error.code !== 'contract_broken') throw error
    throw new DimaError(error.code, error.message, { ...error.details, rule: title })
  }
}
