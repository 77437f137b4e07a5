// What is thrown for callers to understand: `new DimaError('unknown_model', 'no model named x', { field: 'model' })`. They
// compare codes.
import { ERRORS } from './error-table.ts'

export type ErrorCode = keyof typeof ERRORS

/** What was wrong, in terms of the caller's own input: never a path, a stack or another caller's data. */
export interface ErrorDetails {
  field?: string
  expected?: unknown
  given?: unknown
  [key: string]: unknown
}

/** What is read of an AbortSignal by whoever looks now and then whether work is still wanted. */
export type Cancellation = Pick<AbortSignal, 'aborted' | 'reason'>

/** Why work was given up: the reason of whoever did it, or that nobody waits for it. */
export const abandonedBy = ({ reason }: Cancellation, message: string): DimaError =>
  reason instanceof DimaError ? reason : new DimaError('canceled', message)

export class DimaError extends Error {
  override readonly name = 'DimaError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message)
    this.code = code
    this.details = details
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}
