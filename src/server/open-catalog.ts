// The catalog of a running server: follows the models folder. What is new is proven and loaded into the executors before
// it is served, a model's changes all at once; what is no longer served stays loaded until the sessions that are bound to
// it have ended. Looks at the folder never wait for a proof: what is removed is forgotten at once.
import type { Logger } from '../common/logger.ts'
import { poll } from '../common/poll.ts'
import type { LiveModel, StartWindow } from '../inference/live/types.ts'
import type { Bundle } from '../registry/load.ts'
import { openRepository, type Refusal, Repository } from '../registry/repository.ts'
import { modelsSignature } from '../registry/watch.ts'
import type { Catalog, ReloadOutcome } from './catalog.ts'
import { logChanges } from './catalog-changes.ts'

/** The part of the executor pool that knows which models there are. */
export interface ModelLoader {
  /**
   * Proves a bundle and loads it: the start states it brings, or why it can't be served. When the signal aborts it may
   * throw.
   */
  load(bundle: Bundle, signal: AbortSignal): Promise<{ starts: StartWindow[] } | { reason: string }>
  unload(digest: string): Promise<void>
  /** Tells of bundles that were loaded and can't be any more. */
  onRefused?(listener: (refused: { digest: string; reason: string }) => void): void
}

export interface CatalogOptions {
  models: string
  loader: ModelLoader
  /** digests that open sessions are bound to */
  bound: () => ReadonlySet<string>
  /** between looks at the folder; 0: only reload() looks */
  everyMs: number
  /** A model is unloaded this long after it was last served or bound: requests may still be on their way to it. */
  lingerMs?: number
  /** how long the start waits for everything to be proven; for a first model six times as long */
  patienceMs?: number
  logger: Logger
}

export interface OpenCatalog extends Catalog {
  /** Stops following the folder. */
  close(): void
}

/** Throws DimaError `invalid_config` when the models folder can't be read. */
export async function openCatalog(options: CatalogOptions): Promise<OpenCatalog> {
  const { models, everyMs, lingerMs = 30_000, patienceMs = 10_000, logger } = options
  const catalog = new FollowingCatalog(options)
  let lost = false
  const look = async () => {
    try {
      const now = `${catalog.failures} ${await modelsSignature(models)}`
      if (lost) logger.info({ models }, 'the models folder can be read again')
      lost = false
      return now
    } catch (error) {
      if (!lost)
        logger.error({ models, code: codeOf(error) }, "the models folder can't be read; what is served stays")
      lost = true
      throw error
    }
  }
  const first = await look().catch(() => '') // openRepository says what is wrong
  const settled = await catalog.scan()
  const settling = settled().catch((err) => catalog.failed(err)) // no reason to serve nothing
  await Promise.race([settling, impatience(patienceMs)])
  if (catalog.repository.bundles.length === 0)
    await Promise.race([settling, catalog.served, impatience(5 * patienceMs)])
  const changed = () =>
    catalog.follow().catch((err) => {
      logger.error({ err }, 'models not reloaded; trying again')
      throw err
    })
  const stop = everyMs > 0 ? poll({ look, first, everyMs, changed }) : () => {}
  const sweep = setInterval(() => catalog.unloadUnused(lingerMs), Math.max(lingerMs / 4, 10)).unref()
  catalog.close = () => {
    stop()
    clearInterval(sweep)
    catalog.stopProof()
  }
  return catalog
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

const impatience = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())

/** Resolves when all that a look has found is served or refused. */
type Settled = () => Promise<void>

class FollowingCatalog implements OpenCatalog {
  repository = new Repository([])
  close = () => {}
  /** Resolves when there is a model. */
  readonly served: Promise<void>
  private someServed = () => {}
  /** proofs and loads that failed for reasons of our own, so that the folder is looked at again */
  failures = 0
  private readonly options: CatalogOptions
  /** what the last look found, good or not */
  private found = new Repository([])
  /** by digest: served, or loaded still */
  private readonly loaded = new Map<string, LiveModel>()
  /** by digest, of what the folder holds: why it can't be served */
  private readonly unusable = new Map<string, string>()
  /** performance.now() when a loaded model was last seen served or bound */
  private readonly lastUsed = new Map<string, number>()
  private readonly listeners: ((outcome: ReloadOutcome) => void)[] = []
  private last: Promise<unknown> = Promise.resolve()
  private proving: { digest: string; ending: AbortController } | undefined
  private settling: Promise<void> | undefined
  private closed = false

  constructor(options: CatalogOptions) {
    this.options = options
    this.served = new Promise((resolve) => {
      this.someServed = resolve
    })
    options.loader.onRefused?.(({ digest, reason }) => {
      this.loaded.delete(digest)
      this.unusable.set(digest, reason)
      this.publish()
    })
  }

  model(reference?: string): LiveModel {
    const bundle = this.repository.resolve(reference)
    return { ...this.loaded.get(bundle.digest)!, bundle }
  }

  byDigest(digest: string): LiveModel | undefined {
    return this.loaded.get(digest)
  }

  onReload(listener: (outcome: ReloadOutcome) => void): void {
    this.listeners.push(listener)
  }

  /** Whoever asks for it wants what was refused to be tried again, too. */
  async reload(): Promise<void> {
    this.unusable.clear()
    await (await this.scan())()
  }

  /** A look that does not wait for proofs; they go on, and the log hears of them. */
  async follow(): Promise<void> {
    const settled = await this.scan()
    settled().catch((err) => this.failed(err))
  }

  failed(err: unknown): void {
    this.failures++
    this.options.logger.error({ err }, 'models not loaded; trying again')
  }

  /** Looks at the folder, one look after the other, and serves at once what need not be proven. */
  scan(): Promise<Settled> {
    const next = this.last.then(() => this.scanNow())
    this.last = next.catch(() => {})
    return next
  }

  stopProof(): void {
    this.closed = true
    this.proving?.ending.abort()
  }

  private async scanNow(): Promise<Settled> {
    const known = new Set(this.repository.refused.map(textOf))
    try {
      this.found = await openRepository(this.options.models, this.found)
    } catch (error) {
      this.tell('failed')
      throw error
    }
    const digests = new Set(this.found.bundles.map(({ digest }) => digest))
    for (const digest of this.unusable.keys()) if (!digests.has(digest)) this.unusable.delete(digest)
    if (this.proving && !digests.has(this.proving.digest)) this.proving.ending.abort()
    this.publish()
    return async () => {
      try {
        await this.settle()
      } catch (error) {
        this.tell('failed')
        throw error
      }
      const { refused } = this.repository
      this.tell(refused.some((one) => !known.has(textOf(one))) ? 'failed' : 'ok')
    }
  }

  /** Proves what is new, one bundle after the other, whoever asks and however often. */
  private settle(): Promise<void> {
    this.settling ??= this.settleAll().finally(() => {
      this.settling = undefined
    })
    return this.settling
  }

  private async settleAll(): Promise<void> {
    for (let next = this.unproven(); next && !this.closed; next = this.unproven()) {
      const ending = new AbortController()
      this.proving = { digest: next.digest, ending }
      try {
        await this.load(next, ending.signal)
      } catch (error) {
        if (!ending.signal.aborted) throw error
      } finally {
        this.proving = undefined
      }
      this.publish()
    }
  }

  /** Versions with a label first, which are asked for, then the others of their models, then models without a label. */
  private unproven(): Bundle | undefined {
    const fresh = this.found.bundles.filter(({ digest }) => !this.isSettled(digest))
    const isLabelled = ({ labels }: Bundle) => labels.length > 0
    const inUse = ({ name }: Bundle) => this.found.versions(name).some(isLabelled)
    return fresh.find(isLabelled) ?? fresh.find(inUse) ?? fresh[0]
  }

  private async load(bundle: Bundle, signal: AbortSignal): Promise<void> {
    const outcome = await this.options.loader.load(bundle, signal)
    if ('reason' in outcome) this.unusable.set(bundle.digest, outcome.reason)
    else this.loaded.set(bundle.digest, { bundle, starts: outcome.starts })
  }

  private isSettled(digest: string): boolean {
    return this.loaded.has(digest) || this.unusable.has(digest)
  }

  /** Serves what was found of every model whose bundles are all settled; of the others what is left of before. */
  private publish(): void {
    const before = this.repository
    const waiting = new Set<string>()
    for (const { name, digest } of this.found.bundles) if (!this.isSettled(digest)) waiting.add(name)
    const now = this.found.bundles.filter(({ name }) => !waiting.has(name))
    const serving = new Repository(before.bundles.filter(({ digest }) => this.loaded.has(digest)))
    const still = serving.bundles.filter(
      ({ name, version }) => waiting.has(name) && this.found.find(name, version),
    )
    const refusals = now.flatMap(({ digest, name, version }) => {
      const reason = this.unusable.get(digest)
      return reason === undefined ? [] : [{ digest, reference: `${name}/${version}`, reason }]
    })
    this.repository = new Repository([...now, ...still], this.found.refused).without(refusals, serving)
    logChanges(this.options.logger, before, this.repository)
    if (this.repository.bundles.length > 0) this.someServed()
  }

  private tell(outcome: ReloadOutcome): void {
    for (const listener of this.listeners) listener(outcome)
  }

  /** In turn with looks, which may just be bringing a model back. */
  unloadUnused(lingerMs: number): void {
    this.last = this.last
      .then(() => this.unloadUnusedNow(lingerMs))
      .catch((err) => this.options.logger.error({ err }, 'models not unloaded'))
  }

  private async unloadUnusedNow(lingerMs: number): Promise<void> {
    const now = performance.now()
    const used = new Set([...this.repository.bundles.map(({ digest }) => digest), ...this.options.bound()])
    for (const { digest } of this.found.bundles) used.add(digest) // loaded, and another version is proven still
    for (const digest of [...this.loaded.keys()]) {
      if (used.has(digest) || !this.lastUsed.has(digest)) this.lastUsed.set(digest, now)
      if (now - this.lastUsed.get(digest)! < lingerMs) continue
      this.loaded.delete(digest)
      this.lastUsed.delete(digest)
      await this.options.loader.unload(digest)
      this.options.logger.info({ digest }, 'unloaded')
    }
  }
}

const textOf = ({ reference, reason }: Refusal): string => `${reference} ${reason}`
