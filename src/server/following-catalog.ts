// A catalog that looks at the models folder again and again. What is new is served once it is settled, a model's changes
// all at once; what is no longer served stays loaded until the sessions that are bound to it have ended. Looks at the
// folder never wait for a proof: what is removed is forgotten at once.
import type { Logger } from '../common/logger.ts'
import type { LiveModel } from '../inference/live/types.ts'
import { openRepository, type Refusal, Repository } from '../registry/repository.ts'
import type { Kinds } from '../worlds/world.ts'
import type { Catalog, ReloadOutcome } from './catalog.ts'
import { logChanges } from './catalog-changes.ts'
import { type ModelLoader, Settlement } from './catalog-settlement.ts'

export interface Followed {
  models: string
  kinds: Kinds
  loader: ModelLoader
  /** digests that open sessions are bound to */
  bound: () => ReadonlySet<string>
  logger: Logger
}

/** Resolves when all that a look has found is served or refused. */
type Settled = () => Promise<void>

export class FollowingCatalog implements Catalog {
  readonly kinds: Kinds
  repository = new Repository([])
  /** Resolves when there is a model. */
  readonly served: Promise<void>
  private someServed = () => {}
  /** proofs and loads that failed for reasons of our own, so that the folder is looked at again */
  failures = 0
  private readonly options: Followed
  private readonly settlement: Settlement
  /** performance.now() when a loaded model was last seen served or bound */
  private readonly lastUsed = new Map<string, number>()
  private readonly listeners: ((outcome: ReloadOutcome) => void)[] = []
  private last: Promise<unknown> = Promise.resolve()

  constructor(options: Followed) {
    this.options = options
    this.kinds = options.kinds
    this.served = new Promise((resolve) => {
      this.someServed = resolve
    })
    this.settlement = new Settlement(options.loader, () => this.publish())
  }

  model(reference?: string): LiveModel {
    const bundle = this.repository.resolve(reference)
    return { ...this.settlement.loaded.get(bundle.digest)!, bundle }
  }

  byDigest(digest: string): LiveModel | undefined {
    return this.settlement.loaded.get(digest)
  }

  onReload(listener: (outcome: ReloadOutcome) => void): void {
    this.listeners.push(listener)
  }

  /** Whoever asks for it wants what was refused to be tried again, too. */
  async reload(): Promise<void> {
    this.settlement.unusable.clear()
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
    this.settlement.stop()
  }

  private async scanNow(): Promise<Settled> {
    const known = new Set(this.repository.refused.map(textOf))
    try {
      this.settlement.find(await openRepository(this.options.models, this.kinds, this.settlement.found))
    } catch (error) {
      this.tell('failed')
      throw error
    }
    this.publish()
    return async () => {
      try {
        await this.settlement.settle()
      } catch (error) {
        this.tell('failed')
        throw error
      }
      const { refused } = this.repository
      this.tell(refused.some((one) => !known.has(textOf(one))) ? 'failed' : 'ok')
    }
  }

  /** Serves what was found of every model whose bundles are all settled; of the others what is left of before. */
  private publish(): void {
    const before = this.repository
    const { found, loaded, unusable } = this.settlement
    const pending = found.bundles.filter(({ digest }) => !this.settlement.isSettled(digest))
    const waiting = new Set(pending.map(({ name }) => name))
    const now = found.bundles.filter(({ name }) => !waiting.has(name))
    const serving = new Repository(before.bundles.filter(({ digest }) => loaded.has(digest)))
    const still = serving.bundles.filter(
      ({ name, version }) => waiting.has(name) && found.find(name, version),
    )
    const refusals = now.flatMap(({ digest, name, version }) => {
      const reason = unusable.get(digest)
      return reason === undefined ? [] : [{ digest, reference: `${name}/${version}`, reason }]
    })
    const all = new Repository([...now, ...still], found.refused, pending)
    this.repository = all.without(refusals, serving)
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
    const { found, loaded } = this.settlement
    const used = new Set([...this.repository.bundles.map(({ digest }) => digest), ...this.options.bound()])
    for (const { digest } of found.bundles) used.add(digest) // loaded, and another version is proven still
    for (const digest of [...loaded.keys()]) {
      if (used.has(digest) || !this.lastUsed.has(digest)) this.lastUsed.set(digest, now)
      if (now - this.lastUsed.get(digest)! < lingerMs) continue
      loaded.delete(digest)
      this.lastUsed.delete(digest)
      await this.options.loader.unload(digest)
      this.options.logger.info({ digest }, 'unloaded')
    }
  }
}

const textOf = ({ reference, reason }: Refusal): string => `${reference} ${reason}`
