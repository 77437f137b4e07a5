// Brings the wanted bundles into an executor, one that starts or one that serves. A load that takes too long ends it.
import { setTimeout as after } from 'node:timers/promises'
import { loadInto } from './load-into.ts'
import type { Member } from './member.ts'
import type { LoadedBundle } from './messages.ts'
import type { WantedBundles } from './wanted-bundles.ts'

export interface LoaderOptions {
  wanted: WantedBundles
  /** a load may not take longer */
  timeoutMs: number
  onTooLong: (member: Member) => void
  /** It can work again. */
  onFree: () => void
  /** Executors that end from now on end because they are told to. */
  closing: AbortSignal
}

export class Loader {
  private readonly options: LoaderOptions

  constructor(options: LoaderOptions) {
    this.options = options
  }

  /** Everything, also what is added meanwhile. */
  async loadAll(member: Member): Promise<void> {
    const { wanted } = this.options
    const loaded = new Set<string>()
    const missing = () => wanted.all.filter(({ digest }) => !loaded.has(digest))
    for (let next = missing(); next.length > 0; next = missing())
      for (const bundle of next) {
        await this.load(member, bundle)
        loaded.add(bundle.digest)
      }
  }

  /** Into one that serves, which does nothing else meanwhile. */
  async pause(member: Member, bundles: readonly LoadedBundle[]): Promise<void> {
    member.loading = true
    try {
      while (!member.idle) await after(1)
      for (const bundle of bundles) await this.load(member, bundle)
    } catch {
      return // it has ended, and what replaces it loads everything
    }
    member.loading = false
    member.lastCanary = performance.now()
    this.options.onFree()
  }

  private async load(member: Member, bundle: LoadedBundle): Promise<void> {
    const { wanted, timeoutMs, onTooLong, closing } = this.options
    const { executor } = member
    const { digest } = bundle
    if (wanted.refused(digest)) return
    const impatience = setTimeout(() => onTooLong(member), timeoutMs)
    try {
      const refused = await loadInto(executor, bundle)
      wanted.answered(digest, refused)
      if (!refused && !wanted.has(digest)) await executor.call('unload', { digest }) // it was asked for too early
    } catch (error) {
      if (!closing.aborted && wanted.has(digest)) wanted.diedLoading(bundle)
      throw error
    } finally {
      clearTimeout(impatience)
    }
  }
}
