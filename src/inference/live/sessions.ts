// The live sessions of a server: who may have how many, by which id they are found, and when they end.
import { randomBytes, randomInt } from 'node:crypto'
import { DimaError } from '../../common/errors.ts'
import { memoriesOf } from '../../worlds/kind-of.ts'
import type { Kinds, Memories } from '../../worlds/world.ts'
import type { Runner } from '../runner.ts'
import { bytesOf } from './bytes.ts'
import { EndedSessions, endError } from './ended.ts'
import { beginEpisode, requireStarts } from './episode.ts'
import { Places } from './places.ts'
import { newLineage } from './position.ts'
import { startReaper } from './reaper.ts'
import { Session } from './session.ts'
import { encodeSnapshot, propertiesOf } from './snapshot.ts'
import { decodeSnapshot } from './snapshot-decode.ts'
import type { Committed, Terms } from './terms.ts'
import { Turns } from './turns.ts'
import type {
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

class OpenSessions implements Sessions {
  private readonly runner: Runner
  private readonly kinds: Kinds
  private readonly settings: SessionSettings
  private readonly observer: SessionsObserver | undefined
  private readonly open = new Map<string, Session>()
  private readonly ended = new EndedSessions()
  private readonly places: Places
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
    this.take(owner, terms.model, 1)
    const begin = { seed, episode: 0, start }
    try {
      const position = await beginEpisode(this.runner, terms, begin, { owner })
      return this.add({ ...terms, id: newId(), owner }, { stepId: 0, position })
    } catch (error) {
      this.places.release(owner, terms.model.bundle.digest)
      throw error
    }
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
    const session = this.find(owner, id)
    return this.view(session, await session.reset(options))
  }

  async step(owner: string, id: string, action: Float32Array, options?: StepOptions): Promise<StepAnswer> {
    return this.find(owner, id).step(action, options)
  }

  async window(owner: string, id: string): Promise<SessionWindow> {
    const session = this.find(owner, id)
    return windowOf(session.terms, await session.settled())
  }

  async snapshot(owner: string, id: string): Promise<SnapshotAnswer> {
    const session = this.find(owner, id)
    const committed = await session.settled()
    return {
      sessionId: id,
      committedStepId: committed.stepId,
      digest: session.terms.model.bundle.digest,
      snapshot: encodeSnapshot(session.terms, committed),
    }
  }

  async restore(
    owner: string,
    snapshot: string,
    find: (digest: string) => LiveModel | undefined,
  ): Promise<SessionView> {
    const { terms, committed } = decodeSnapshot(snapshot, this.kinds, find, { id: newId(), owner })
    this.take(owner, terms.model, 1)
    return this.add(terms, committed)
  }

  async fork(
    owner: string,
    id: string,
    { count, seeds }: { count: number; seeds?: number[] },
  ): Promise<SessionView[]> {
    if (seeds && seeds.length !== count) throw wrongSeeds(count, seeds.length)
    const parent = this.find(owner, id)
    const committed = await parent.settled()
    this.take(owner, parent.terms.model, count)
    return Array.from({ length: count }, (_, child) => {
      const terms = { ...parent.terms, id: newId() }
      return this.add(terms, branch(committed, terms.id, seeds?.[child]))
    })
  }

  close(owner: string, id: string): { committedStepId: number } {
    const session = this.find(owner, id)
    this.end(session, 'closed')
    return { committedStepId: session.committed.stepId }
  }

  closeAll(): void {
    this.shutDown = true
    this.stopReaper()
    for (const session of this.open.values()) this.end(session, 'shutdown')
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

  private take(owner: string, model: LiveModel, count: number): void {
    if (this.shutDown) throw shuttingDown()
    this.places.take(owner, model.bundle.digest, count)
  }

  private add(terms: Terms, committed: Committed): SessionView {
    if (this.shutDown) throw shuttingDown()
    const turns = new Turns(this.settings.pendingPerSession)
    const session = new Session(this.runner, terms, committed, turns)
    this.open.set(terms.id, session)
    return this.view(session, committed)
  }

  private view({ terms }: Session, committed: Committed): SessionView {
    return viewOf(this.kinds, terms, committed, this.settings.idleTimeoutMs)
  }

  private find(owner: string, id: string): Session {
    const session = this.open.get(id)
    if (session?.terms.owner === owner) {
      if (!this.isIdle(session)) return session
      this.end(session, 'expired')
    }
    throw this.ended.error(id, owner)
  }

  private closeIdle(): void {
    for (const session of this.open.values()) if (this.isIdle(session)) this.end(session, 'expired')
  }

  private isIdle({ turns }: Session): boolean {
    const { idleTimeoutMs } = this.settings
    return idleTimeoutMs > 0 && !turns.busy && performance.now() - turns.touched >= idleTimeoutMs
  }

  private end({ terms, turns }: Session, reason: CloseReason): void {
    const { id, owner, model } = terms
    this.open.delete(id)
    this.ended.add(id, owner, reason)
    this.places.release(owner, model.bundle.digest)
    turns.end(endError(reason))
    this.observer?.closed(reason)
  }
}

/** Unguessable: 128 random bits. */
const newId = (): string => randomBytes(16).toString('base64url')

/** A child stands where its parent does; with a seed of its own it meets other noise from here on. */
function branch({ stepId, position, last }: Committed, id: string, seed = position.seed): Committed {
  const own = { stepId, position: { ...position, lineage: newLineage(), seed } }
  return last ? { ...own, last: { ...last, answer: { ...last.answer, sessionId: id } } } : own
}

const wrongSeeds = (count: number, given: number): DimaError =>
  new DimaError('invalid_shape', `seeds has ${given} entries, expected one for each of ${count} children`, {
    field: 'seeds',
    expected: count,
    given,
  })

const shuttingDown = (): DimaError =>
  new DimaError('not_ready', 'the server is shutting down', { retryAfterSeconds: 1 })
