// The live sessions of a server: who may have how many, by which id they are found, and when they end.
import { randomInt } from 'node:crypto'
import { DimaError } from '../../common/errors.ts'
import { memoriesOf } from '../../worlds/kind-of.ts'
import type { Kinds, Memories } from '../../worlds/world.ts'
import type { Runner } from '../runner.ts'
import { bytesOf } from './bytes.ts'
import { childOf, newId, requireSeeds } from './children.ts'
import { EndedSessions, endError } from './ended.ts'
import { beginEpisode, requireStarts } from './episode.ts'
import { Places } from './places.ts'
import { startReaper } from './reaper.ts'
import { type Link, Session } from './session.ts'
import { encodeSnapshot, propertiesOf } from './snapshot.ts'
import { decodeSnapshot } from './snapshot-decode.ts'
import type { Committed, Terms } from './terms.ts'
import { Turns } from './turns.ts'
import type {
  Awaitable,
  CloseReason,
  CreateOptions,
  LiveModel,
  ResetOptions,
  SessionSettings,
  Sessions,
  SessionView,
  SessionWindow,
  SnapshotAnswer,
  Standing,
  StepAnswer,
  StepOptions,
} from './types.ts'
import { viewOf } from './view.ts'
import { windowOf } from './window.ts'

export interface SessionsObserver {
  /** A session is no more. */
  closed(reason: CloseReason): void
}

/** @param runner computes the steps and has loaded every model that sessions are made with */
export const openSessions = (
  runner: Runner,
  kinds: Kinds,
  settings: SessionSettings,
  observer?: SessionsObserver,
): Sessions => new OpenSessions(runner, kinds, settings, observer)

/** As one server has them. What has to be done where they are kept in a store besides: shared-sessions.ts. */
export class OpenSessions implements Sessions {
  private readonly runner: Runner
  protected readonly kinds: Kinds
  protected readonly settings: SessionSettings
  private readonly observer: SessionsObserver | undefined
  protected readonly open = new Map<string, Session>()
  private readonly ended = new EndedSessions()
  protected readonly places: Places
  private readonly stopReaper: () => void
  private shutDown = false

  constructor(
    runner: Runner,
    kinds: Kinds,
    settings: SessionSettings,
    observer: SessionsObserver | undefined,
  ) {
    this.runner = runner
    this.kinds = kinds
    this.settings = settings
    this.observer = observer
    this.places = new Places(settings)
    this.stopReaper = startReaper(settings.idleTimeoutMs, () => this.closeIdle())
  }

  async create(owner: string, options: CreateOptions): Promise<SessionView> {
    const { start, seed = randomInt(2 ** 32), ...given } = options
    const terms = { ...given, memories: this.memoriesOf(given.model) }
    if (terms.autoreset !== 'disabled') requireStarts(terms.model)
    this.takePlaces(owner, terms.model, 1)
    const begin = { seed, episode: 0, start }
    try {
      const position = await beginEpisode(this.runner, terms, begin, { owner })
      return await this.add({ ...terms, id: newId(), owner }, { stepId: 0, position })
    } catch (error) {
      this.places.release(owner, terms.model.bundle.digest)
      throw error
    }
  }

  bring(_owner: string, _id: string, _look = false): Promise<void> | undefined {
    return undefined
  }

  standing(owner: string, id: string): Standing {
    const { turns, terms, committed } = this.find(owner, id)
    turns.touch()
    return { bundle: terms.model.bundle, committedStepId: committed.stepId }
  }

  get(owner: string, id: string): SessionView {
    const session = this.find(owner, id)
    session.turns.touch()
    return this.view(session, session.committed)
  }

  digestOf(owner: string, id: string): string | undefined {
    const session = this.open.get(id)
    return session?.terms.owner === owner ? session.terms.model.bundle.digest : undefined
  }

  async reset(owner: string, id: string, options: ResetOptions): Promise<SessionView> {
    return this.within(owner, id, async (session) => this.view(session, await session.reset(options)))
  }

  async step(owner: string, id: string, action: Float32Array, options?: StepOptions): Promise<StepAnswer> {
    return this.within(owner, id, (session) => session.step(action, options))
  }

  async window(owner: string, id: string): Promise<SessionWindow> {
    return this.within(owner, id, async (session) => windowOf(session.terms, await session.settled()))
  }

  async snapshot(owner: string, id: string): Promise<SnapshotAnswer> {
    return this.within(owner, id, async (session) => {
      const committed = await session.settled()
      return {
        sessionId: id,
        committedStepId: committed.stepId,
        digest: session.terms.model.bundle.digest,
        snapshot: encodeSnapshot(session.terms, committed),
      }
    })
  }

  async restore(
    owner: string,
    snapshot: string,
    find: (digest: string) => LiveModel | undefined,
  ): Promise<SessionView> {
    const { terms, committed } = decodeSnapshot(snapshot, this.kinds, find, { id: newId(), owner })
    this.takePlaces(owner, terms.model, 1)
    return this.addAll([{ terms, committed }]).then(([view]) => view!)
  }

  async fork(
    owner: string,
    id: string,
    { count, seeds }: { count: number; seeds?: number[] },
  ): Promise<SessionView[]> {
    requireSeeds(count, seeds)
    const { terms, committed } = await this.within(owner, id, async (session) => ({
      terms: session.terms,
      committed: await session.settled(),
    }))
    this.takePlaces(owner, terms.model, count)
    return this.addAll(Array.from({ length: count }, (_, i) => childOf(terms, committed, seeds?.[i])))
  }

  close(owner: string, id: string): Awaitable<{ committedStepId: number }> {
    const session = this.find(owner, id)
    this.end(session, 'closed')
    return { committedStepId: session.committed.stepId }
  }

  closeAll(): void {
    this.shutDown = true
    this.stopReaper()
    for (const session of this.open.values()) this.shutDownOne(session)
  }

  digests(): Set<string> {
    return this.places.digests()
  }

  stats(): { open: number; capacity: number; stateBytes: number } {
    let stateBytes = 0
    for (const session of this.open.values()) stateBytes += bytesOf(session.terms, session.committed)
    return { open: this.open.size, capacity: this.settings.capacity, stateBytes }
  }

  private memoriesOf({ bundle: { manifest } }: LiveModel): Memories {
    const memories = memoriesOf(this.kinds, manifest)
    propertiesOf(memories) // what could not be restored is not begun
    return memories
  }

  protected takePlaces(owner: string, model: LiveModel, count: number): void {
    if (this.shutDown) throw shuttingDown()
    this.places.take(owner, model.bundle.digest, count)
  }

  /** A new session. Its place was taken. */
  private add(terms: Terms, committed: Committed): SessionView | Promise<SessionView> {
    const recorded = this.record(terms, committed)
    return recorded ? recorded.then(() => this.addOpen(terms, committed)) : this.addOpen(terms, committed)
  }

  /** Gives back the places of those that can't be added. */
  private async addAll(children: { terms: Terms; committed: Committed }[]): Promise<SessionView[]> {
    const add = async ({ terms, committed }: { terms: Terms; committed: Committed }) => {
      try {
        return await this.add(terms, committed)
      } catch (error) {
        this.places.release(terms.owner, terms.model.bundle.digest)
        throw error
      }
    }
    const added = await Promise.allSettled(children.map(add))
    return added.map((one) => {
      if (one.status === 'rejected') throw one.reason
      return one.value
    })
  }

  protected addOpen(terms: Terms, committed: Committed): SessionView {
    if (this.shutDown) throw shuttingDown()
    const turns = new Turns(this.settings.pendingPerSession)
    const session = new Session(this.runner, terms, committed, turns, this.link(terms))
    this.open.set(terms.id, session)
    return this.view(session, committed)
  }

  /** A session is made: resolves when it is kept. */
  protected record(_terms: Terms, _committed: Committed): Promise<void> | undefined {
    return undefined
  }

  protected link(_terms: Terms): Link | undefined {
    return undefined
  }

  protected within<T>(owner: string, id: string, work: (session: Session) => Promise<T>): Promise<T> {
    return work(this.find(owner, id))
  }

  private view({ terms }: Session, committed: Committed): SessionView {
    return viewOf(this.kinds, terms, committed, this.settings.idleTimeoutMs)
  }

  protected find(owner: string, id: string): Session {
    const session = this.open.get(id)
    if (session?.terms.owner === owner) {
      if (!this.isIdle(session)) return session
      this.end(session, 'expired')
    }
    throw this.ended.error(id, owner)
  }

  private closeIdle(): void {
    for (const session of this.open.values()) if (this.isIdle(session)) void this.endIdle(session)
  }

  protected endIdle(session: Session): void | Promise<void> {
    this.end(session, 'expired')
  }

  protected shutDownOne(session: Session): void {
    this.end(session, 'shutdown')
  }

  protected isIdle({ turns }: Session): boolean {
    const { idleTimeoutMs } = this.settings
    return idleTimeoutMs > 0 && !turns.busy && performance.now() - turns.touched >= idleTimeoutMs
  }

  protected end(session: Session, reason: CloseReason): void {
    const { id, owner } = session.terms
    this.ended.add(id, owner, reason)
    this.drop(session, endError(reason))
    this.observer?.closed(reason)
  }

  /** It is not here any more; what waits for it fails with this error. */
  protected drop({ terms, turns }: Session, error: DimaError): void {
    const { id, owner, model } = terms
    this.open.delete(id)
    this.places.release(owner, model.bundle.digest)
    turns.end(error)
  }
}

const shuttingDown = (): DimaError =>
  new DimaError('not_ready', 'the server is shutting down', { retryAfterSeconds: 1 })
