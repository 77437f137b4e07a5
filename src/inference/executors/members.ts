// The executors themselves: started with every model, watched, replaced when they die or fall silent.
import { setTimeout as after } from 'node:timers/promises'
import { DimaError } from '../../common/errors.ts'
import type { SimulatorSpec } from '../simulator/spec.ts'
import type { EndReason, Executor } from './executor.ts'
import type { LoadedBundle, RefusedBundle } from './messages.ts'

/** Between attempts to start an executor in the place of one that ended. */
const RESTART_DELAY_MS = 1000
/** How often silence is looked for. */
const WATCH_MS = 100
/** How often an idle executor proves that it can compute. */
const CANARY_MS = 1000
/** Opening a big graph keeps an executor busy for seconds. */
const LOAD_TIMEOUT_MS = 120_000

export interface Logger {
  info(details: object, message: string): void
  error(details: object, message: string): void
}

export interface MembersOptions {
  executors: number
  /** silence after which a working executor counts as wedged */
  timeoutMs: number
  logger: Logger
  start: () => Executor
  /** An executor has become free for work. */
  onFree: () => void
  onEnd?: (reason: EndReason) => void
}

/** A live batch and a chunk of a rollout may be in one executor at once. */
export type Lane = 'live' | 'rollout'

export interface Member {
  readonly index: number
  readonly executor: Executor
  readonly busy: Record<Lane, boolean>
  /** it has every model and answered its last canary */
  ready: boolean
  loading: boolean
  lastCanary: number
}

export class Members {
  private readonly options: MembersOptions
  /** By place; undefined while one is being started. */
  private readonly places: (Member | undefined)[]
  private readonly bundles = new Map<string, LoadedBundle>()
  private readonly refusals = new Map<string, RefusedBundle>()
  private readonly running = new Set<Executor>()
  private readonly closing = new AbortController()
  private watching: NodeJS.Timeout | undefined

  constructor(options: MembersOptions) {
    this.options = options
    this.places = Array.from({ length: options.executors }, () => undefined)
  }

  get closed(): boolean {
    return this.closing.signal.aborted
  }

  get ready(): boolean {
    return !this.closed && this.places.every((member) => member?.ready)
  }

  get readyCount(): number {
    return this.places.filter((member) => member?.ready).length
  }

  /** Starts all; on failure none is left behind. */
  async start(): Promise<void> {
    try {
      await Promise.all(this.places.map((_, index) => this.add(index)))
    } catch (error) {
      await this.close()
      throw error
    }
    this.watching = this.watch()
  }

  /** Those free for a kind of work, lowest place first, so that caches stay where they are. */
  free(lane: Lane): Member[] {
    return this.places.filter((member): member is Member =>
      Boolean(member?.ready && member.executor.alive && !member.busy[lane]),
    )
  }

  async work(member: Member, lane: Lane, task: (executor: Executor) => Promise<void>): Promise<void> {
    member.busy[lane] = true
    await task(member.executor)
    member.busy[lane] = false
    this.options.onFree()
  }

  /** One executor after the other, so that the others go on serving. Returns those that can't be served. */
  async load(bundles: readonly LoadedBundle[]): Promise<RefusedBundle[]> {
    for (const bundle of bundles) this.bundles.set(bundle.digest, bundle)
    for (const member of this.places) if (member?.ready) await this.loadInto(member, bundles)
    return bundles.flatMap(({ digest }) => this.refusals.get(digest) ?? [])
  }

  async unload(digest: string): Promise<void> {
    this.bundles.delete(digest)
    this.refusals.delete(digest)
    const unloading = this.places.map((member) => member?.executor.call('unload', { digest }))
    await Promise.allSettled(unloading) // one that ends meanwhile has unloaded too
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
    const ending = [...this.running].map((executor) => {
      executor.kill('died')
      return executor.exited
    })
    await Promise.all(ending)
  }

  private async add(index: number): Promise<void> {
    const executor = this.options.start()
    this.running.add(executor)
    void executor.exited.then(() => this.running.delete(executor))
    const busy = { live: false, rollout: false }
    const member: Member = { index, executor, busy, ready: false, loading: false, lastCanary: 0 }
    await this.loadEverything(member)
    if (this.closed) return executor.kill('died')
    this.places[index] = member
    member.ready = true
    void executor.exited.then((reason) => this.replace(member, reason))
    this.options.onFree()
  }

  /** Also what is added meanwhile. Nobody watches over an executor that has no place yet, so this has its own limit. */
  private async loadEverything(member: Member): Promise<void> {
    const { executor } = member
    const impatience = setTimeout(() => executor.kill('wedged'), LOAD_TIMEOUT_MS)
    const loaded = new Set<string>()
    const missing = () => [...this.bundles.values()].filter(({ digest }) => !loaded.has(digest))
    try {
      for (let next = missing(); next.length > 0; next = missing()) {
        await this.loadInto(member, next)
        for (const { digest } of next) loaded.add(digest)
      }
    } finally {
      clearTimeout(impatience)
    }
  }

  private async loadInto(member: Member, bundles: readonly LoadedBundle[]): Promise<void> {
    member.loading = true
    for (const bundle of bundles) {
      const { refused } = await member.executor.call('load', { bundle })
      if (refused) this.refusals.set(bundle.digest, refused)
    }
    member.loading = false
    member.lastCanary = performance.now()
  }

  /** Starts another executor, as often as it takes: without executors every request would wait for ever. */
  private async replace({ index }: Member, reason: EndReason): Promise<void> {
    this.places[index] = undefined
    if (this.closed) return
    const { logger, onEnd } = this.options
    logger.error({ reason }, 'an executor stopped; starting another')
    onEnd?.(reason)
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
      for (const member of this.places) if (member) this.look(member, now)
    }, WATCH_MS)
    return timer.unref()
  }

  private look(member: Member, now: number): void {
    const { executor, busy, loading } = member
    const limit = loading ? LOAD_TIMEOUT_MS : this.options.timeoutMs
    if (now - executor.lastHeard > limit) {
      this.kill(member)
      return
    }
    if (loading || busy.live || busy.rollout || now - member.lastCanary < CANARY_MS) return
    member.lastCanary = now
    executor.call('canary', {}).catch(() => this.kill(member))
  }

  private kill(member: Member): void {
    member.ready = false
    if (member.executor.alive) member.executor.kill('wedged')
  }
}
