// What is served at this moment. It changes when the models folder does; whoever needs a model asks here each time.
import type { LiveModel } from '../inference/live/types.ts'
import type { Repository } from '../registry/repository.ts'
import type { Kinds } from '../worlds/world.ts'

export interface Catalog {
  /** of world models that can be served */
  readonly kinds: Kinds
  readonly repository: Repository
  /** As Repository.resolve, with the model's start states. Throws DimaError `unknown_model`. */
  model(reference?: string): LiveModel
  byDigest(digest: string): LiveModel | undefined
  /** Looks at the models folder now. Resolves when what is good in it is served. */
  reload(): Promise<void>
  /** Tells of every reload, by whomever it was started. */
  onReload(listener: (outcome: ReloadOutcome) => void): void
}

/**
 * The model that a session from elsewhere is bound to, undefined where there is none. Throws DimaError `not_ready` while
 * it is being proven or loaded: a server that has just started is no reason to give a session up.
 */
export function modelOfSession(catalog: Catalog, digest: string): LiveModel | undefined {
  const model = catalog.byDigest(digest)
  if (!model) catalog.repository.refusePending(digest)
  return model
}

/** failed: the folder can't be read or something new in it was refused. What it would replace is still served. */
export type ReloadOutcome = 'ok' | 'failed'

/** Always the same repository, whose models bring no start states. */
export function staticCatalog(repository: Repository, kinds: Kinds): Catalog {
  const live = (bundle: LiveModel['bundle']): LiveModel => ({ bundle, starts: [] })
  return {
    kinds,
    repository,
    model: (reference) => live(repository.resolve(reference)),
    byDigest: (digest) => {
      const bundle = repository.bundles.find((one) => one.digest === digest)
      return bundle && live(bundle)
    },
    reload: async () => {},
    onReload: () => {},
  }
}
