// The proven bundles that every executor is to hold, and those that can't be served after all: refused by their proof, or
// held to be the reason when executors end.
import { DimaError } from '../../common/errors.ts'
import type { WorldSpec } from '../../worlds/world.ts'
import { Blame } from './blame.ts'
import type { Member } from './member.ts'
import type { LoadedBundle, RefusedBundle } from './messages.ts'

export class WantedBundles {
  private readonly bundles = new Map<string, LoadedBundle>()
  private readonly refusals = new Map<string, RefusedBundle>()
  private readonly blame = new Blame()
  private readonly onRefused: (refused: RefusedBundle) => void

  /** @param onRefused a bundle that was taken in can't be loaded after all */
  constructor(onRefused: (refused: RefusedBundle) => void) {
    this.onRefused = onRefused
  }

  get all(): LoadedBundle[] {
    return [...this.bundles.values()]
  }

  has(digest: string): boolean {
    return this.bundles.has(digest)
  }

  add(bundle: LoadedBundle): void {
    this.bundles.set(bundle.digest, bundle)
    this.refusals.delete(bundle.digest)
  }

  forget(digest: string): void {
    this.bundles.delete(digest)
    this.refusals.delete(digest)
    this.blame.forget(digest)
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
  model(digest: string): WorldSpec | DimaError {
    const refused = this.refusals.get(digest)
    if (refused) return new DimaError('invalid_bundle', `${refused.reference}: ${refused.reason}`)
    return this.bundles.get(digest)?.spec ?? new DimaError('model_gone', 'the model is not loaded')
  }

  /** An executor has answered to its load. */
  answered(digest: string, refused: RefusedBundle | undefined): void {
    this.blame.loaded(digest)
    if (refused) this.withdraw(refused)
  }

  /** An executor has ended while it loaded this. */
  diedLoading({ digest, reference }: LoadedBundle): void {
    const reason = this.blame.diedLoading(digest)
    if (reason) this.withdraw({ digest, reference, reason })
  }

  /** An executor was ended while it computed this. Returns the digest of what is refused for it, if anything is. */
  wedgedComputing(busy: Member['busy'], now: number): string | undefined {
    const [digest, ...others] = new Set(Object.values(busy).filter((one) => one !== undefined))
    const reference = digest && this.bundles.get(digest)?.reference
    if (!digest || !reference || others.length > 0) return undefined
    const reason = this.blame.wedgedComputing(digest, now)
    if (!reason) return undefined
    this.withdraw({ digest, reference, reason })
    return digest
  }

  private withdraw(refused: RefusedBundle): void {
    this.refuse(refused)
    this.onRefused(refused)
  }
}
