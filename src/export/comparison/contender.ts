// A bundle that takes part in a comparison, and whether another can take its place at all.
import { isDeepStrictEqual } from 'node:util'
import { readBundle } from '../../inference/executors/loaded-bundle.ts'
import type { LoadedBundle } from '../../inference/executors/messages.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { KINDS } from '../../worlds/kinds.ts'

export interface Contender {
  /** `name/version` */
  reference: string
  manifest: Manifest
  loaded: LoadedBundle
}

export const readContender = async (bundle: Bundle): Promise<Contender> => ({
  reference: `${bundle.name}/${bundle.version}`,
  manifest: bundle.manifest,
  loaded: await readBundle(bundle, KINDS),
})

const FACTS: [what: string, of: (manifest: Manifest) => unknown][] = [
  ['environment', ({ environment }) => environment],
  ['agents', ({ agents }) => agents.map(({ name }) => name)],
  ['actions', ({ action: { dimension, low, high } }) => [dimension, low, high]],
  ['entries of the state', ({ state }) => state.length],
  ['entries of an observation', ({ observation }) => observation.length],
  ['horizon', ({ horizon }) => horizon],
  ['context', ({ context }) => context],
]

/** What of requests to `current` would not fit `next`, in words. */
export const misfits = (current: Manifest, next: Manifest): string[] =>
  FACTS.filter(([, of]) => !isDeepStrictEqual(of(current), of(next))).map(
    ([what, of]) => `${what} ${JSON.stringify(of(next))} in place of ${JSON.stringify(of(current))}`,
  )
