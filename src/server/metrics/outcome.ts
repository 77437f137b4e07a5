// How a request or a message ended, in few words: who has to act, and Triton's reasons.
import { ERRORS } from '../../common/error-table.ts'
import type { ErrorCode } from '../../common/errors.ts'

/** client_error: the caller can put it right. server_error: the operator has to. */
export type Outcome = 'ok' | 'client_error' | 'server_error'
/** REJECTED before it was computed, CANCELED by the caller, BACKEND failed, OTHER. */
export type Reason = 'ok' | 'REJECTED' | 'CANCELED' | 'BACKEND' | 'OTHER'

/** Refused only because of how much is going on: the same request may pass later. */
export const REJECTIONS = [
  'overloaded',
  'not_ready',
  'draining',
  'deadline_exceeded',
  'rate_limited',
  'session_busy',
  'session_limit',
  'sessions_full',
  'session_moved',
  'socket_limit',
  'stream_limit',
] as const satisfies ErrorCode[]
export type Rejection = (typeof REJECTIONS)[number]

const REASONS: Partial<Record<ErrorCode, Reason>> = {
  ...Object.fromEntries(REJECTIONS.map((code) => [code, 'REJECTED'])),
  canceled: 'CANCELED',
  executor_failed: 'BACKEND',
  session_store: 'BACKEND',
  invalid_bundle: 'BACKEND',
  diverged: 'BACKEND',
  simulation_failed: 'BACKEND',
  internal: 'BACKEND',
}

export const reasonOf = (code: ErrorCode | undefined): Reason =>
  code === undefined ? 'ok' : (REASONS[code] ?? 'OTHER')

export function outcomeOf(code: ErrorCode | undefined): Outcome {
  if (code === undefined) return 'ok'
  return ERRORS[code].status < 500 ? 'client_error' : 'server_error'
}

export const isRejection = (code: ErrorCode): code is Rejection => reasonOf(code) === 'REJECTED'
