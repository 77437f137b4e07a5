// Which models have series of their own. Versions come and go while a server runs, so their number is bounded here.
import type { Catalog } from '../catalog.ts'
import type { Children } from './children.ts'

/** Models that have series of their own at a time: with all label combinations of each the registry stays under 2,000. */
const OWN_SERIES = 10
/** What models share that find no place. */
const OTHER = ['other', 'other'] as const
/** Digests whose names are remembered after the catalog has dropped them: sessions go on with them. */
const DIGESTS = 256

/** Values of the labels model and version. */
export type ModelName = readonly [model: string, version: string]

export interface ModelNames {
  /** Labels of a model: the same array every time, as long as the model has series of its own. */
  of(model: string, version: string): ModelName
  /** '' for a digest that was never served. */
  byDigest(digest: string): ModelName
  /** Series that go with their model; their first two labels are model and version. */
  watch<C>(children: Children<C>): Children<C>
}

const UNKNOWN = ['', ''] as const

export function modelNames(catalog: Catalog): ModelNames {
  const own = new Map<string, ModelName>()
  const byDigest = new Map<string, ModelName>()
  const watched: Pick<Children<unknown>, 'remove'>[] = []

  const of = (model: string, version: string): ModelName => {
    const key = `${model}\n${version}`
    return own.get(key) ?? add(key, [model, version])
  }
  const add = (key: string, name: ModelName): ModelName => {
    if (own.size >= OWN_SERIES && !makeRoom()) return OTHER
    own.set(key, name)
    return name
  }
  const makeRoom = (): boolean => {
    const gone = [...own].find(([, name]) => !isServed(catalog, name))
    if (!gone) return false
    own.delete(gone[0])
    for (const children of watched) children.remove(...gone[1])
    return true
  }
  const look = (digest: string): ModelName => {
    const bundle = catalog.byDigest(digest)?.bundle
    if (!bundle) return UNKNOWN
    if (byDigest.size >= DIGESTS) byDigest.delete(byDigest.keys().next().value!)
    const name = [bundle.name, bundle.version] as const
    byDigest.set(digest, name)
    return name
  }
  return {
    of,
    byDigest: (digest) => {
      const name = byDigest.get(digest) ?? look(digest)
      return name === UNKNOWN ? name : of(...name)
    },
    watch: (children) => {
      watched.push(children)
      return children
    },
  }
}

/** What `make` gives for a model, kept: so much is counted at each step that looking up each series would show. */
export function keptByModel<T>(make: (...name: ModelName) => T): (name: ModelName) => T {
  const kept = new WeakMap<ModelName, T>()
  return (name) => {
    const known = kept.get(name)
    if (known) return known
    const made = make(...name)
    kept.set(name, made)
    return made
  }
}

const isServed = ({ repository }: Catalog, [model, version]: ModelName): boolean =>
  repository.bundles.some((bundle) => bundle.name === model && bundle.version === version)
