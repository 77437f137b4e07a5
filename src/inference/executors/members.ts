// The executors themselves: started with every model, watched, replaced when they die or fall silent. Only bundles that
// were proven come here. An executor that loads one gets no work meanwhile.
import { setTimeout as after } from 'node:timers/promises'
import { DimaError } from '../../common/errors.ts'
import type { SimulatorSpec } from '../../worlds/dima/serve/spec.ts'
import { Blame } from './blame.ts'
import type { EndReason, Executor } from './executor.ts'
import { loadInto } from './load-into.ts'
import type { LoadedBundle, RefusedBundle } from './messages.ts'
import { type Patience, Silence } from './silence.ts'
import { vitalsOf } from './vitals.ts'

/** Between attempts to start an executor in the place of one that ended. */
const RESTART_DELAY_MS = 1000
/** How often silence is looked for. */
const WATCH_MS = 100
/** How often an idle executor proves that it can compute. */
const CANARY_MS = 1000
/** A silence may last so many times longer than what is computed in it: other processes want the machine too. */
const BUSY = 10

export interface Logger {
  info(details: object, message: string): void
  error(details: object, message: string): void
}

export interface MembersOptions {
  executors: number
  /** processor time of a silence after which a working executor counts as wedged */
  timeoutMs: number
  /** the same while it starts or loads a model; a load may not take longer in any case */
  loadTimeoutMs: number
  logger: Logger
  start: () => Executor
  /** An executor has become free for work. */
  onFree: () => void
  onEnd?: (reason: EndReason) => void
  /** A bundle that was taken in can't be loaded after all. */
  onRefused?: (refused: RefusedBundle) => void
}

/** A live batch and a chunk of a rollout may be in one executor at once. */
export type Lane = 'live' | 'rollout'

export interface Member {
  readonly index: number
  readonly executor: Executor
  /** the digest of what it computes */
  readonly busy: Record<Lane, string | undefined>
  readonly silence: Silence
  /** it has every model and answered its last canary */
  ready: boolean
  /** it starts, or loads a model */
  loading: boolean
  lastCanary: number
}

export class Members {
  private readonly options: MembersOptions
  /** By place; undefined while one is being started. */
  private readonly places: (Member | undefined)[]
  /** Those in a place, those that start, and those that finish what they do for the last time. */
  private readonly running = new Set<Member>()
  private readonly bundles = new Map<string, LoadedBundle>()
  private readonly refusals = new Map<string, RefusedBundle>()
  private readonly blame = new Blame()
  private readonly closing = new AbortController()
  private watching: NodeJS.Timeout | undefined

  constructor(options: MembersOptions) {
    this.options = options
    this.places = Array.from({ length: options.executors }, () => undefined)
  }

  get closed(): boolean {
    return this.closing.signal.aborted
  }

  /** Whether work is done at this moment. */
  get ready(): boolean {
    return !this.closed && this.readyCount > 0
  }

  get readyCount(): number {
    return this.places.filter((member) => member?.ready && !member.loading).length
  }

  /** Starts all. Throws when not one of them starts, and leaves none behind; the others are tried again. */
  async start(): Promise<void> {
    this.watching = this.watch()
    const started = await Promise.allSettled(this.places.map((_, index) => this.add(index)))
    const failed = started.flatMap((one, index) => (one.status === 'rejected' ? { index, one } : []))
    if (failed.length > 0 && failed.length === started.length) {
      await this.close()
      throw failed[0]!.one.reason
    }
    for (const { index } of failed) void this.startAgain(index)
  }

  /** Those free for a kind of work, lowest place first, so that caches stay where they are. */
  free(lane: Lane): Member[] {
    return this.places.filter((member): member is Member =>
      Boolean(member?.ready && !member.loading && member.executor.alive && !member.busy[lane]),
    )
  }

  async work(
    member: Member,
    lane: Lane,
    digest: string,
    task: (executor: Executor) => Promise<void>,
  ): Promise<void> {
    member.busy[lane] = digest
    try {
      await task(member.executor)
    } finally {
      member.busy[lane] = undefined
      this.retire(member)
      this.options.onFree()
    }
  }

  /**
   * One executor after the other, so that the others go on serving; one that is alone goes on until another has loaded
   * everything and takes its place. Returns those that can't be served.
   */
  async load(bundles: readonly LoadedBundle[]): Promise<RefusedBundle[]> {
    for (const bundle of bundles) {
      this.bundles.set(bundle.digest, bundle)
      this.refusals.delete(bundle.digest)
    }
    const [only, ...others] = this.places
    if (only?.ready && others.length === 0 && bundles.length > 0) await this.swap(only)
    else for (const member of this.places) if (member?.ready) await this.pause(member, bundles)
    return bundles.flatMap(({ digest }) => this.refusals.get(digest) ?? [])
  }

  async unload(digest: string): Promise<void> {
    this.bundles.delete(digest)
    this.refusals.delete(digest)
    this.blame.forget(digest)
    await this.unloadEverywhere(digest)
  }

  private async unloadEverywhere(digest: string): Promise<void> {
    const unloading = [...this.running].map(({ executor }) => executor.call('unload', { digest }))
    await Promise.allSettled(unloading) // one that ends meanwhile has unloaded too
  }

  /** Work with it fails from now on; its bytes are forgotten. */
  refuse(refused: RefusedBundle): void {
    this.refusals.set(refused.digest, refused)
    this.bundles.delete(refused.digest)
  }

  refused(digest: string): RefusedBundle | undefined {
    return this.refusals.get(digest)
  }

  /** A model that can be used, or why it can't. */
  model(digest: string): SimulatorSpec | DimaError {
    const refused = this.refusals.get(digest)
    if (refused) return new DimaError('invalid_bundle', `${refused.reference}: ${refused.reason}`)
    return this.bundles.get(digest)?.spec ?? new DimaError('model_gone', 'the model is not loaded')
  }

  async close(): Promise<void> {
    this.closing.abort()
    clearInterval(this.watching)
    const ending = [...this.running].map(({ executor }) => {
      executor.kill('died')
      return executor.exited
    })
    await Promise.all(ending)
  }

  private async add(index: number): Promise<void> {
    const executor = this.options.start()
    const busy = { live: undefined, rollout: undefined }
    const silence = new Silence()
    const member: Member = { index, executor, busy, silence, ready: false, loading: true, lastCanary: 0 }
    this.running.add(member)
    void executor.exited.then(() => this.running.delete(member))
    try {
      await executor.call('canary', {}) // it is up
      await this.loadMissing(member)
    } catch (error) {
      if (executor.alive) executor.kill('died') // nobody will ask it for anything
      throw error
    }
    if (this.closed) return executor.kill('died')
    member.loading = false
    member.ready = true
    const before = this.places[index]
    this.places[index] = member
    if (before) this.retire(before)
    void executor.exited.then((reason) => {
      if (this.places[index] === member) return this.replace(member, reason)
    })
    this.options.onFree()
  }

  /** Everything, also what is added meanwhile. */
  private async loadMissing(member: Member): Promise<void> {
    const loaded = new Set<string>()
    const missing = () => [...this.bundles.values()].filter(({ digest }) => !loaded.has(digest))
    for (let next = missing(); next.length > 0; next = missing())
      for (const bundle of next) {
        await this.loadOne(member, bundle)
        loaded.add(bundle.digest)
      }
  }

  private async swap(old: Member): Promise<void> {
    try {
      await this.add(old.index)
    } catch (err) {
      if (this.places[old.index] !== old || this.closed) return // it has ended too: what replaces it loads everything
      this.options.logger.error({ err }, 'no second executor for a new model; the only one loads it')
      await this.pause(old, [...this.bundles.values()])
    }
  }

  /** Ends one that has lost its place, once it has finished what it does. */
  private retire({ index, executor, busy }: Member): void {
    if (this.places[index]?.executor === executor || busy.live || busy.rollout) return
    if (this.places[index] && executor.alive) executor.kill('died')
  }

  /** Loads into an executor that serves, which does nothing else meanwhile. */
  private async pause(member: Member, bundles: readonly LoadedBundle[]): Promise<void> {
    member.loading = true
    try {
      while (member.busy.live || member.busy.rollout) await after(1)
      for (const bundle of bundles) await this.loadOne(member, bundle)
    } catch {
      return // it has ended, and what replaces it loads everything
    }
    member.loading = false
    member.lastCanary = performance.now()
    this.options.onFree()
  }

  private async loadOne(member: Member, bundle: LoadedBundle): Promise<void> {
    const { executor } = member
    const { loadTimeoutMs } = this.options
    const { digest, reference } = bundle
    if (this.refusals.has(digest)) return
    const impatience = setTimeout(() => this.end(member, true), loadTimeoutMs)
    try {
      const refused = await loadInto(executor, bundle)
      this.blame.loaded(digest)
      if (refused) this.withdraw(refused)
      else if (!this.bundles.has(digest)) await executor.call('unload', { digest }) // it was asked for too early
    } catch (error) {
      if (this.closed || !this.bundles.has(digest)) throw error
      const reason = this.blame.diedLoading(digest)
      if (reason) this.withdraw({ digest, reference, reason })
      throw error
    } finally {
      clearTimeout(impatience)
    }
  }

  private withdraw(refused: RefusedBundle): void {
    this.refuse(refused)
    this.options.onRefused?.(refused)
  }

  private async replace({ index }: Member, reason: EndReason): Promise<void> {
    this.places[index] = undefined
    if (this.closed) return
    const { logger, onEnd } = this.options
    logger.error({ reason }, 'an executor stopped; starting another')
    onEnd?.(reason)
    await this.startAgain(index)
  }

  /** As often as it takes: without executors every request would wait for ever. */
  private async startAgain(index: number): Promise<void> {
    const { logger } = this.options
    while (!this.closed) {
      try {
        return await this.add(index)
      } catch (err) {
        if (!this.closed) logger.error({ err }, 'the executor did not start; trying again')
        await after(RESTART_DELAY_MS, undefined, { signal: this.closing.signal }).catch(() => {})
      }
    }
  }

  private watch(): NodeJS.Timeout {
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      const late = now - last > 5 * WATCH_MS // then this process heard nothing because it did not listen
      last = now
      if (late) return
      for (const member of this.running) this.look(member, now)
    }, WATCH_MS)
    return timer.unref()
  }

  private look(member: Member, now: number): void {
    const { executor, silence, busy, loading } = member
    const vitals = () => vitalsOf(executor.pid)
    const cause = silence.tooLong(now, executor.lastHeard, vitals, this.patience(loading))
    if (cause) {
      const worked = member.ready && !loading // a second look may find it before it is gone
      this.end(member, loading)
      if (worked && cause === 'computing') this.accuse(busy, now)
      return
    }
    const idle = member.ready && !loading && !busy.live && !busy.rollout
    if (!idle || now - member.lastCanary < CANARY_MS) return
    member.lastCanary = now
    executor.call('canary', {}).catch(() => this.kill(member))
  }

  private accuse(busy: Member['busy'], now: number): void {
    const [digest, ...others] = new Set(Object.values(busy).filter((one) => one !== undefined))
    const reference = digest && this.bundles.get(digest)?.reference
    if (!digest || !reference || others.length > 0) return
    const reason = this.blame.wedgedComputing(digest, now)
    if (!reason) return
    this.withdraw({ digest, reference, reason })
    void this.unloadEverywhere(digest) // also what waits for it must not run
  }

  private patience(loading: boolean): Patience {
    const { timeoutMs, loadTimeoutMs } = this.options
    return loading
      ? { computingMs: loadTimeoutMs, stoppedMs: timeoutMs, idleMs: loadTimeoutMs, mostMs: loadTimeoutMs }
      : { computingMs: timeoutMs, stoppedMs: timeoutMs, idleMs: timeoutMs, mostMs: BUSY * timeoutMs }
  }

  /** One that is taken for wedged; says what may be set when that happens to those that only have much to do. */
  private end(member: Member, loading: boolean): void {
    if (!member.executor.alive) return
    const { timeoutMs, loadTimeoutMs, logger } = this.options
    const limit = loading
      ? { setting: 'EXECUTOR_LOAD_SECONDS', limitMs: loadTimeoutMs }
      : { setting: 'EXECUTOR_TIMEOUT_MS', limitMs: timeoutMs }
    logger.error(limit, `an executor was silent for too long (${limit.setting}); ending it`)
    this.kill(member)
  }

  private kill(member: Member): void {
    member.ready = false
    if (member.executor.alive) member.executor.kill('wedged')
  }
}
