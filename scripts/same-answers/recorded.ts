// Answers thinned out so that a test can keep them: every seventh number, which meets every entry of a state sooner or
// later, with six digits.
import { type Answers, leaves } from './questions.ts'

const EVERY = 7
const DIGITS = 6

export interface RecordedAnswers {
  /** the revision that answered */
  commit: string
  /** by question */
  answers: Record<string, unknown[]>
  /** by model, as that revision wrote them */
  snapshots: Record<string, string>
}

export const thin = (answers: Answers): Record<string, unknown[]> =>
  Object.fromEntries(Object.entries(answers).map(([question, answer]) => [question, thinned(answer)]))

const thinned = (answer: unknown): unknown[] =>
  leaves(answer)
    .filter((_, i) => i % EVERY === 0)
    .map((value) => (typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value))
