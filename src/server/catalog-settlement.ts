// Proves and loads what a look at the models folder has found, one bundle after the other: then it is loaded, or there is
// a reason why it can't be served.
import type { LiveModel } from '../inference/live/types.ts'
import type { Bundle } from '../registry/load.ts'
import { isDefault, Repository } from '../registry/repository.ts'
import type { StartWindow } from '../worlds/starts.ts'

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

export class Settlement {
  /** what the last look found, good or not */
  found = new Repository([])
  /** by digest: served, or loaded still */
  readonly loaded = new Map<string, LiveModel>()
  /** by digest, of what the folder holds: why it can't be served */
  readonly unusable = new Map<string, string>()
  private readonly loader: ModelLoader
  private readonly onChange: () => void
  private proving: { digest: string; ending: AbortController } | undefined
  private running: Promise<void> | undefined
  private stopped = false

  /** @param onChange something is settled */
  constructor(loader: ModelLoader, onChange: () => void) {
    this.loader = loader
    this.onChange = onChange
    loader.onRefused?.(({ digest, reason }) => {
      this.loaded.delete(digest)
      this.unusable.set(digest, reason)
      onChange()
    })
  }

  /** A look has found this. What is gone is forgotten at once, its proof ended. */
  find(found: Repository): void {
    this.found = found
    const digests = new Set(found.bundles.map(({ digest }) => digest))
    for (const digest of this.unusable.keys()) if (!digests.has(digest)) this.unusable.delete(digest)
    if (this.proving && !digests.has(this.proving.digest)) this.proving.ending.abort()
  }

  isSettled(digest: string): boolean {
    return this.loaded.has(digest) || this.unusable.has(digest)
  }

  /**
   * Settles everything, whoever asks and however often. What fails for reasons of our own does not hold up the rest:
   * throws at the end.
   */
  settle(): Promise<void> {
    this.running ??= this.settleAll().finally(() => {
      this.running = undefined
    })
    return this.running
  }

  stop(): void {
    this.stopped = true
    this.proving?.ending.abort()
  }

  private async settleAll(): Promise<void> {
    const failed = new Map<string, unknown>()
    for (let next = this.next(failed); next && !this.stopped; next = this.next(failed)) {
      const { digest } = next
      const ending = new AbortController()
      this.proving = { digest, ending }
      try {
        await this.load(next, ending.signal)
      } catch (error) {
        if (!ending.signal.aborted) failed.set(digest, error)
      } finally {
        this.proving = undefined
      }
      this.onChange()
    }
    const [first, ...others] = failed.values()
    if (others.length > 0) throw new AggregateError([first, ...others], 'several models were not loaded')
    if (failed.size > 0) throw first
  }

  /**
   * First what is meant where no model is named, with all of its model: a model is served when its versions are settled.
   * Then versions with a label, which are asked for, the others of their models, and models without a label.
   */
  private next(failed: ReadonlyMap<string, unknown>): Bundle | undefined {
    const isFresh = ({ digest }: Bundle) => !this.isSettled(digest) && !failed.has(digest)
    const fresh = this.found.bundles.filter(isFresh)
    const isLabelled = ({ labels }: Bundle) => labels.length > 0
    const inUse = ({ name }: Bundle) => this.found.versions(name).some(isLabelled)
    const isMeant = ({ name }: Bundle) => this.found.versions(name).some(isDefault)
    return (
      fresh.find(isDefault) ?? fresh.find(isMeant) ?? fresh.find(isLabelled) ?? fresh.find(inUse) ?? fresh[0]
    )
  }

  private async load(bundle: Bundle, signal: AbortSignal): Promise<void> {
    const outcome = await this.loader.load(bundle, signal)
    if ('reason' in outcome) this.unusable.set(bundle.digest, outcome.reason)
    else this.loaded.set(bundle.digest, { bundle, starts: outcome.starts })
  }
}
