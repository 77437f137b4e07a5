// The sessions of a store that this process holds: under which token each is, and how far the store has it.
import { randomBytes } from 'node:crypto'
import { DimaError } from '../../../common/errors.ts'
import { packSnapshot } from '../snapshot.ts'
import type { Committed, Terms } from '../terms.ts'
import { type Head, ownerOf, writeRecord } from './record.ts'
import type { Outcome, SessionStore } from './store.ts'

/** The session is not ours any more: somebody else holds it, or has ended it. */
export class Moved extends DimaError {
  constructor() {
    super('session_moved', 'another server has taken the session', { retryAfterSeconds: 1 })
  }
}

/** Of one session object: a session that went and came back is held anew, and what its old object still does is not its doing. */
export interface Held {
  head: Head
  /** of the store, when it had the session last */
  epoch: string
  /** performance.now() when its time in the store began anew */
  renewed: number
}

export const newNonce = (): Buffer => randomBytes(8)

export class HeldSessions {
  private readonly store: SessionStore
  private readonly held = new Map<string, Held>()

  constructor(store: SessionStore) {
    this.store = store
  }

  /** A session is made. Throws DimaError `session_store`. */
  async create(terms: Terms, committed: Committed): Promise<void> {
    const head = { fence: 1, nonce: newNonce(), revision: 1, owner: ownerOf(terms.owner) }
    await this.store.create(terms.id, writeRecord(head, packSnapshot(terms, committed)))
    this.hold(terms.id, head)
  }

  /** It is ours from here on. */
  hold(id: string, head: Head): void {
    this.held.set(id, { head, epoch: this.store.epochOf(id), renewed: performance.now() })
  }

  /** Throws Moved. */
  of(id: string): Held {
    const held = this.held.get(id)
    if (!held) throw new Moved()
    return held
  }

  /** Throws Moved, and DimaError `session_store`: then the same has to be committed again before anything else. */
  async commit(held: Held, terms: Terms, next: Committed): Promise<void> {
    if (this.held.get(terms.id) !== held) throw new Moved()
    const head = { ...held.head, revision: held.head.revision + 1 }
    await this.write(held, terms.id, writeRecord(head, packSnapshot(terms, next)))
    held.head = head
  }

  /** Whether the session is still ours. Puts back what the store has lost. Throws DimaError `session_store`. */
  async isOurs(held: Held, terms: Terms, committed: Committed): Promise<boolean> {
    if (this.held.get(terms.id) !== held) return false
    const outcome = await this.store.check(terms.id, held.head)
    if (outcome === 'absent' && held.epoch !== this.store.epochOf(terms.id))
      return this.putBack(held, terms.id, writeRecord(held.head, packSnapshot(terms, committed)))
    if (outcome === 'kept') held.epoch = this.store.epochOf(terms.id)
    return outcome === 'kept'
  }

  /** Ends it in the store, if it is ours. */
  async end(id: string): Promise<Outcome> {
    const held = this.held.get(id)
    if (!held) return 'moved'
    this.held.delete(id)
    return this.store.end(id, held.head)
  }

  has(id: string): boolean {
    return this.held.has(id)
  }

  forget(id: string): void {
    this.held.delete(id)
  }

  /** Has the store keep those that were used since, and not committed. @param touchedOf performance.now() by id */
  async renew(touchedOf: (id: string) => number | undefined): Promise<void> {
    const ids = [...this.held].filter(([id, { renewed }]) => (touchedOf(id) ?? 0) > renewed).map(([id]) => id)
    if (ids.length > 0) await this.store.touch(ids)
    for (const id of ids) this.renewed(id)
  }

  private async write(held: Held, id: string, record: Buffer): Promise<void> {
    const outcome = await this.store.commit(id, record)
    if (outcome === 'moved') throw new Moved()
    if (outcome === 'absent' && !(await this.wasLost(held, id, record))) throw new Moved()
    held.epoch = this.store.epochOf(id)
    held.renewed = performance.now()
  }

  private async wasLost(held: Held, id: string, record: Buffer): Promise<boolean> {
    return held.epoch !== this.store.epochOf(id) && this.putBack(held, id, record)
  }

  /** Somebody else may have put an older one there just now: then the newer token counts. */
  private async putBack(held: Held, id: string, record: Buffer): Promise<boolean> {
    const back = (await this.store.create(id, record)) || (await this.store.commit(id, record)) === 'kept'
    if (back) held.epoch = this.store.epochOf(id)
    return back
  }

  private renewed(id: string): void {
    const held = this.held.get(id)
    if (held) held.renewed = performance.now()
  }
}
