// The catalog of a running server: follows the models folder. What is new is loaded into the executors before it is
// served; what is no longer served stays loaded until the sessions that are bound to it have ended.
import { poll } from '../common/poll.ts'
import type { LiveModel, StartWindow } from '../inference/live/types.ts'
import { type Bundle, readStarts } from '../registry/load.ts'
import type { Start } from '../registry/manifest.ts'
import { openRepository, type Refusal, Repository } from '../registry/repository.ts'
import { modelsSignature } from '../registry/watch.ts'
import type { Catalog, ReloadOutcome } from './catalog.ts'
import { type Logger, logChanges } from './catalog-changes.ts'

/** The part of the executor pool that knows which models there are. */
export interface ModelLoader {
  load(bundles: readonly Bundle[]): Promise<readonly (Refusal & { digest: string })[]>
  unload(digest: string): Promise<void>
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
  logger: Logger
}

export interface OpenCatalog extends Catalog {
  /** Stops following the folder. */
  close(): void
}

/** Throws DimaError `invalid_config` when the models folder can't be read. */
export async function openCatalog(options: CatalogOptions): Promise<OpenCatalog> {
  const { models, everyMs, lingerMs = 30_000 } = options
  const look = () => modelsSignature(models)
  const first = await look().catch(() => '') // openRepository says what is wrong
  const catalog = new FollowingCatalog(options)
  await catalog.reload()
  const changed = () =>
    catalog.reload().catch((err) => {
      options.logger.error({ err }, 'models not reloaded; trying again')
      throw err
    })
  const stop = everyMs > 0 ? poll({ look, first, everyMs, changed }) : () => {}
  const sweep = setInterval(() => catalog.unloadUnused(lingerMs), Math.max(lingerMs / 4, 10)).unref()
  catalog.close = () => {
    stop()
    clearInterval(sweep)
  }
  return catalog
}

class FollowingCatalog implements OpenCatalog {
  repository = new Repository([])
  close = () => {}
  private readonly options: CatalogOptions
  /** by digest: served, or loaded still */
  private readonly loaded = new Map<string, LiveModel>()
  /** performance.now() when a loaded model was last seen served or bound */
  private readonly lastUsed = new Map<string, number>()
  private readonly listeners: ((outcome: ReloadOutcome) => void)[] = []
  private last: Promise<unknown> = Promise.resolve()

  constructor(options: CatalogOptions) {
    this.options = options
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

  /** One after the other, so that each sees what the one before it has done. */
  reload(): Promise<void> {
    const next = this.last.then(() => this.reloadNow())
    this.last = next.catch(() => {})
    return next
  }

  private async reloadNow(): Promise<void> {
    try {
      const found = await openRepository(this.options.models, this.repository)
      const refused = await this.load(found.bundles)
      const before = this.repository
      this.repository = found.without(refused, before)
      const refusedNow = logChanges(this.options.logger, before, this.repository)
      this.tell(refusedNow > 0 ? 'failed' : 'ok')
    } catch (error) {
      this.tell('failed')
      throw error
    }
  }

  /** Returns what can't be served. */
  private async load(bundles: readonly Bundle[]): Promise<(Refusal & { digest: string })[]> {
    const fresh = bundles.filter(({ digest }) => !this.loaded.has(digest))
    if (fresh.length === 0) return []
    const refused = await this.options.loader.load(fresh)
    const bad = new Set(refused.map(({ digest }) => digest))
    for (const bundle of fresh.filter(({ digest }) => !bad.has(digest)))
      this.loaded.set(bundle.digest, { bundle, starts: (await readStarts(bundle)).map(startWindow) })
    return [...refused]
  }

  private tell(outcome: ReloadOutcome): void {
    for (const listener of this.listeners) listener(outcome)
  }

  /** In turn with reloads, which may just be bringing a model back. */
  unloadUnused(lingerMs: number): void {
    this.last = this.last
      .then(() => this.unloadUnusedNow(lingerMs))
      .catch((err) => this.options.logger.error({ err }, 'models not unloaded'))
  }

  private async unloadUnusedNow(lingerMs: number): Promise<void> {
    const now = performance.now()
    const used = new Set([...this.repository.bundles.map(({ digest }) => digest), ...this.options.bound()])
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

const startWindow = ({ states, actions }: Start): StartWindow => ({
  states: Float64Array.from(states.flat()), // [l, S]
  actions: Float32Array.from(actions.flat(2)), // [l-1, N, A]
})
