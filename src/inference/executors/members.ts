// The executors themselves: started with every model, replaced when they die or fall silent. Only bundles that were
// proven come here. An executor that loads one gets no work meanwhile.
import { setTimeout as after } from 'node:timers/promises'
import type { Logger } from '../../common/logger.ts'
import { CPU } from '../../engine/device.ts'
import type { EndReason, Executor } from './executor.ts'
import { Loader } from './loader.ts'
import { type Lane, Member } from './member.ts'
import type { LoadedBundle, RefusedBundle } from './messages.ts'
import { WantedBundles } from './wanted-bundles.ts'
import { Watch } from './watch.ts'

/** Between attempts to start an executor in the place of one that ended. */
const RESTART_DELAY_MS = 1000

export interface MembersOptions {
  executors: number
  /** processor time of a silence after which a working executor counts as wedged */
  timeoutMs: number
  /** the same while it starts or loads a model; a load may not take longer in any case */
  loadTimeoutMs: number
  /** between two proofs of an idle one that it can compute; default: that of the CPU */
  canaryEveryMs?: number
  logger: Logger
  /** @param place its own, from 0 up */
  start: (place: number) => Executor
  /** An executor has become free for work. */
  onFree: () => void
  onEnd?: (reason: EndReason) => void
  /** A bundle that was taken in can't be loaded after all. */
  onRefused?: (refused: RefusedBundle) => void
}

export class Members {
  readonly wanted: WantedBundles
  private readonly options: MembersOptions
  /** By place; undefined while one is being started. */
  private readonly places: (Member | undefined)[]
  /** Those in a place, those that start, and those that finish what they do for the last time. */
  private readonly running = new Set<Member>()
  private readonly loader: Loader
  private readonly watch: Watch
  private readonly closing = new AbortController()

  constructor(options: MembersOptions) {
    const { executors, timeoutMs, loadTimeoutMs, logger, onFree } = options
    const { onRefused = () => {}, canaryEveryMs = CPU.canaryEveryMs } = options
    this.options = options
    this.places = Array.from({ length: executors }, () => undefined)
    const wanted = new WantedBundles(onRefused)
    this.wanted = wanted
    const onWedged = (busy: Member['busy'], now: number) => {
      const refused = wanted.wedgedComputing(busy, now)
      if (refused) void this.unloadEverywhere(refused) // also what waits for it must not run
    }
    const times = { timeoutMs, loadTimeoutMs, canaryEveryMs }
    this.watch = new Watch({ members: this.running, ...times, logger, onWedged })
    const onTooLong = (member: Member) => this.watch.end(member)
    const { signal: closing } = this.closing
    this.loader = new Loader({ wanted, timeoutMs: loadTimeoutMs, onTooLong, onFree, closing })
  }

  get closed(): boolean {
    return this.closing.signal.aborted
  }

  /** Whether work is done at this moment. */
  get ready(): boolean {
    return !this.closed && this.readyCount > 0
  }

  get readyCount(): number {
    return this.places.filter((member) => member?.serves).length
  }

  /** Starts all. Throws when not one of them starts, and leaves none behind; the others are tried again. */
  async start(): Promise<void> {
    this.watch.start()
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
    return this.places.filter((member) => member !== undefined).filter((member) => member.isFree(lane))
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
   * everything and takes its place.
   */
  async load(bundles: readonly LoadedBundle[]): Promise<void> {
    for (const bundle of bundles) this.wanted.add(bundle)
    const [only, ...others] = this.places
    if (only?.ready && others.length === 0 && bundles.length > 0) await this.swap(only)
    else for (const member of this.places) if (member?.ready) await this.loader.pause(member, bundles)
  }

  async unload(digest: string): Promise<void> {
    this.wanted.forget(digest)
    await this.unloadEverywhere(digest)
  }

  private async unloadEverywhere(digest: string): Promise<void> {
    const unloading = [...this.running].map(({ executor }) => executor.call('unload', { digest }))
    await Promise.allSettled(unloading) // one that ends meanwhile has unloaded too
  }

  async close(): Promise<void> {
    this.closing.abort()
    this.watch.stop()
    const ending = [...this.running].map(({ executor }) => {
      executor.kill('died')
      return executor.exited
    })
    await Promise.all(ending)
  }

  private async add(index: number): Promise<void> {
    const executor = this.options.start(index)
    const member = new Member(index, executor)
    this.running.add(member)
    void executor.exited.then(() => this.running.delete(member))
    try {
      await executor.call('canary', {}) // it is up
      await this.loader.loadAll(member)
    } catch (error) {
      if (executor.alive) executor.kill('died') // nobody will ask it for anything
      throw error
    }
    if (this.closed) return executor.kill('died')
    this.seat(member)
    void executor.exited.then((reason) => {
      if (this.places[index] === member) return this.replace(member, reason)
    })
    this.options.onFree()
  }

  private seat(member: Member): void {
    member.loading = false
    member.ready = true
    const before = this.places[member.index]
    this.places[member.index] = member
    if (before) this.retire(before)
  }

  private async swap(old: Member): Promise<void> {
    try {
      await this.add(old.index)
    } catch (err) {
      if (this.places[old.index] !== old || this.closed) return // it has ended too: what replaces it loads everything
      this.options.logger.error({ err }, 'no second executor for a new model; the only one loads it')
      await this.loader.pause(old, this.wanted.all)
    }
  }

  /** Ends one that has lost its place, once it has finished what it does. */
  private retire({ index, executor, idle }: Member): void {
    if (this.places[index]?.executor === executor || !idle) return
    if (this.places[index] && executor.alive) executor.kill('died')
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
}
