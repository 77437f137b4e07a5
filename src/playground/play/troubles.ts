// What to do when a call fails, and how to say it.
import { ConnectionError, ProblemError } from '../../client/errors.ts'

export type Trouble =
  /** the session is gone: make it again and go on */
  | { readonly kind: 'gone'; readonly text: string }
  /** nothing has changed: ask again after so long */
  | { readonly kind: 'busy'; readonly text: string; readonly afterMs: number }
  /** nobody answers */
  | { readonly kind: 'lost'; readonly text: string }
  | { readonly kind: 'final'; readonly text: string }

const GONE = new Set([
  'session_not_found',
  'session_expired',
  'session_closed',
  'step_out_of_order',
  'step_conflict',
  'episode_over',
])
const BUSY: Record<string, string> = {
  overloaded: 'The server is full',
  sessions_full: 'The server has no room for another session',
  session_limit: 'You have too many sessions open',
  session_busy: 'The session is busy',
  rate_limited: 'This key has asked for too much',
  not_ready: 'The server is not ready',
  draining: 'The server is about to stop',
  executor_failed: 'A process of the server ended',
  deadline_exceeded: 'The server took too long',
  unknown_model: 'The server does not serve this model',
}
const USUAL_PAUSE_MS = 1000

/** Codes of sockets after which nobody connects again (src/client/exchange.ts). */
const CLOSED_FOR_GOOD = [1002, 1003, 1007, 1008, 1009, 1010]

export function troubleOf(error: unknown): Trouble {
  if (error instanceof ConnectionError && CLOSED_FOR_GOOD.includes(error.code))
    return { kind: 'final', text: `The server closed the connection (${error.code})` }
  if (error instanceof ConnectionError) return { kind: 'lost', text: 'The connection to the server was lost' }
  if (!(error instanceof ProblemError)) return { kind: 'final', text: `${(error as Error).message ?? error}` }
  const { code, detail, retry_after_ms } = error.problem
  if (GONE.has(code)) return { kind: 'gone', text: 'The session had ended' }
  const busy = BUSY[code]
  if (busy) return { kind: 'busy', text: busy, afterMs: retry_after_ms ?? USUAL_PAUSE_MS }
  return { kind: 'final', text: detail }
}
