// Why a session is no more: told for a while to its owner. For anyone else it never existed.
import { DimaError } from '../../common/errors.ts'
import type { CloseReason } from './types.ts'

/** Ids that are remembered, some megabytes at most. */
const MOST = 10_000

export class EndedSessions {
  private readonly byId = new Map<string, { owner: string; reason: CloseReason }>()

  add(id: string, owner: string, reason: CloseReason): void {
    this.byId.set(id, { owner, reason })
    if (this.byId.size <= MOST) return
    const [oldest] = this.byId.keys()
    this.byId.delete(oldest!)
  }

  /** What someone gets who asks for a session that is not open. */
  error(id: string, owner: string): DimaError {
    const ended = this.byId.get(id)
    if (ended?.owner === owner) return endError(ended.reason)
    return new DimaError('session_not_found', 'there is no session with this id', { field: 'session_id' })
  }
}

export function endError(reason: CloseReason): DimaError {
  if (reason === 'expired') return new DimaError('session_expired', 'the session was idle too long')
  if (reason === 'closed') return new DimaError('session_closed', 'the session was closed')
  return new DimaError('session_closed', 'the server is shutting down')
}
