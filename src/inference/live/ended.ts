// Why a session is no more: told for a while to its owner. For anyone else it never existed.
import { DimaError } from '../../common/errors.ts'
import type { CloseReason } from './types.ts'

/** Ids that are remembered, some megabytes at most. */
const MOST = 10_000

export class EndedSessions {
  /** by owner, and then by id, oldest first */
  private readonly byOwner = new Map<string, Map<string, CloseReason>>()
  private count = 0

  add(id: string, owner: string, reason: CloseReason): void {
    const own = this.byOwner.get(owner) ?? new Map<string, CloseReason>()
    this.byOwner.set(owner, own.set(id, reason))
    if (++this.count > MOST) this.forgetOne()
  }

  /** What someone gets who asks for a session that is not open. */
  error(id: string, owner: string): DimaError {
    const reason = this.byOwner.get(owner)?.get(id)
    if (reason) return endError(reason)
    return new DimaError('session_not_found', 'there is no session with this id', { field: 'session_id' })
  }

  /** The oldest of whoever has most, so that nobody's are forgotten for another's. */
  private forgetOne(): void {
    let most = new Map<string, CloseReason>()
    for (const own of this.byOwner.values()) if (own.size > most.size) most = own
    const [oldest] = most.keys()
    most.delete(oldest!)
    this.count--
  }
}

export function endError(reason: CloseReason): DimaError {
  if (reason === 'expired') return new DimaError('session_expired', 'the session was idle too long')
  if (reason === 'closed') return new DimaError('session_closed', 'the session was closed')
  return new DimaError('session_closed', 'the server is shutting down')
}
