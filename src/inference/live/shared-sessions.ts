// Live sessions that are kept in a store too, so that every server of a fleet can go on with them. Whoever is asked for a
// session that it does not hold takes it; whoever has lost one learns it from the store when it commits or looks, and
// forgets its copy. Nothing is answered before the store has it.
import { DimaError } from '../../common/errors.ts'
import type { Kinds } from '../../worlds/world.ts'
import type { Runner } from '../runner.ts'
import type { Link, Session } from './session.ts'
import { OpenSessions, type SessionsObserver } from './sessions.ts'
import { readSnapshot } from './snapshot-decode.ts'
import { HeldSessions, Moved, newNonce } from './store/held.ts'
import { headOf, ownerOf, readHead, snapshotOf } from './store/record.ts'
import type { SessionStore } from './store/store.ts'
import type { Committed, Terms } from './terms.ts'
import type { LiveModel, SessionSettings } from './types.ts'

/** Others may take a session between a look and a claim, but hardly so often. */
const MOST_CLAIMS = 3
/** Refusals that are wrong where the session has moved on elsewhere. */
const DOUBTFUL = new Set(['step_out_of_order', 'step_conflict', 'episode_over'])

export interface StoreObserver extends SessionsObserver {
  /** taken: from the store. lost: to another server, or ended there. */
  moved?(direction: 'taken' | 'lost'): void
}

export interface Shared {
  store: SessionStore
  /** the served model with a digest, if any. Throws DimaError `not_ready` while it is being loaded */
  find: (digest: string) => LiveModel | undefined
}

export class SharedSessions extends OpenSessions {
  private readonly store: SessionStore
  private readonly held: HeldSessions
  private readonly findModel: (digest: string) => LiveModel | undefined
  private readonly watcher: StoreObserver | undefined
  /** being taken, by owner and id */
  private readonly coming = new Map<string, Promise<void>>()
  private readonly stopRenewal: () => void

  constructor(
    runner: Runner,
    kinds: Kinds,
    settings: SessionSettings,
    { store, find }: Shared,
    observer?: StoreObserver,
  ) {
    super(runner, kinds, settings, observer)
    this.store = store
    this.held = new HeldSessions(store)
    this.findModel = find
    this.watcher = observer
    this.stopRenewal = startRenewal(settings.idleTimeoutMs, () => this.renew())
  }

  override bring(owner: string, id: string, look = false): Promise<void> | undefined {
    const session = this.open.get(id)
    if (session?.terms.owner !== owner) return this.fetch(owner, id)
    if (this.isIdle(session)) return this.endIdle(session).then(() => this.fetch(owner, id))
    return look ? this.look(session) : undefined
  }

  override closeAll(): void {
    this.stopRenewal()
    super.closeAll()
  }

  override close(owner: string, id: string): Promise<{ committedStepId: number }> {
    return this.within(owner, id, async (session) => {
      const outcome = await this.held.end(session.terms.id)
      if (outcome === 'moved') throw new Moved()
      this.end(session, 'closed')
      return { committedStepId: session.committed.stepId }
    })
  }

  /** What waits fails with `session_moved`: the session is open, and the next server goes on with it. */
  protected override shutDownOne(session: Session): void {
    this.held.forget(session.terms.id)
    this.drop(session, new Moved())
    this.watcher?.closed('shutdown')
  }

  protected override record(terms: Terms, committed: Committed): Promise<void> {
    return this.held.create(terms, committed)
  }

  protected override link(terms: Terms): Link {
    const held = this.held.of(terms.id)
    return {
      write: (next) => this.held.commit(held, terms, next),
      verify: async (latest) => {
        if (!(await this.held.isOurs(held, terms, latest))) throw new Moved()
      },
    }
  }

  /** Runs it, and where the session has moved once more, with the session brought back. */
  protected override async within<T>(
    owner: string,
    id: string,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    if (!this.open.has(id)) await this.bring(owner, id)
    const session = this.find(owner, id)
    try {
      return await work(session)
    } catch (error) {
      if (!(await this.hasMoved(session, error))) throw error
    }
    this.forget(session)
    await this.bring(owner, id)
    return work(this.find(owner, id))
  }

  protected override async endIdle(session: Session): Promise<void> {
    const { id } = session.terms
    if (!this.held.has(id)) return // it is being ended
    const outcome = await this.held.end(id).catch(() => 'kept' as const) // then its time in the store ends it
    if (this.open.get(id) !== session) return
    if (outcome === 'moved') this.forget(session)
    else this.end(session, 'expired')
  }

  private async look(session: Session): Promise<void> {
    try {
      if (session.isInDoubt) await session.settled()
      if (await this.isOurs(session)) return
    } catch (error) {
      if (!(error instanceof Moved)) throw error
    }
    this.forget(session)
    await this.fetch(session.terms.owner, session.terms.id)
  }

  private async hasMoved(session: Session, error: unknown): Promise<boolean> {
    if (error instanceof Moved) return true
    if (!(error instanceof DimaError) || !DOUBTFUL.has(error.code)) return false
    return !(await this.isOurs(session))
  }

  /** Not where another object of the same session has taken its place meanwhile. */
  private async isOurs(session: Session): Promise<boolean> {
    const { terms, committed } = session
    if (this.open.get(terms.id) !== session) return false
    return this.held.isOurs(this.held.of(terms.id), terms, committed)
  }

  /** The session is somebody else's: this copy goes, the store's stays. */
  private forget(session: Session): void {
    if (this.open.get(session.terms.id) !== session) return
    this.held.forget(session.terms.id)
    this.drop(session, new Moved())
    this.watcher?.moved?.('lost')
  }

  private fetch(owner: string, id: string): Promise<void> {
    const key = `${owner} ${id}`
    const coming = this.coming.get(key) ?? this.claim(owner, id).finally(() => this.coming.delete(key))
    this.coming.set(key, coming)
    return coming
  }

  /** Leaves everything as it is where there is no such session, it is not this owner's, or its model is not there. */
  private async claim(owner: string, id: string): Promise<void> {
    for (let tries = 0; tries < MOST_CLAIMS; tries++) {
      const record = await this.store.peek(id)
      const head = record && readHead(record)
      if (!record || !head?.owner.equals(ownerOf(owner))) return
      const { terms, committed } = readSnapshot(snapshotOf(record), this.kinds, this.findModel, { id, owner })
      this.takePlaces(owner, terms.model, 1)
      const nonce = newNonce()
      const claimed = await this.store.claim(id, headOf(record), nonce).catch((error) => {
        this.places.release(owner, terms.model.bundle.digest)
        throw error
      })
      if (claimed) {
        this.held.hold(id, { ...head, fence: head.fence + 1, nonce })
        this.addOpen(terms, committed)
        this.watcher?.moved?.('taken')
        return
      }
      this.places.release(owner, terms.model.bundle.digest)
    }
    throw new Moved()
  }

  private renew(): void {
    this.held.renew((id) => this.open.get(id)?.turns.touched).catch(() => {}) // the next time does it
  }
}

/** A third of the time that a session may be idle: the store keeps it a little longer than that. */
const startRenewal = (idleTimeoutMs: number, renew: () => void): (() => void) => {
  if (idleTimeoutMs === 0) return () => {}
  const timer = setInterval(renew, idleTimeoutMs / 3)
  timer.unref()
  return () => clearInterval(timer)
}
