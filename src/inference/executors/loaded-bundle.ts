// A bundle read and checked for executors.
import { type Bundle, readGraphs } from '../../registry/load.ts'
import { kindOf } from '../../worlds/kind-of.ts'
import { type Kinds, specOf } from '../../worlds/world.ts'
import type { LoadedBundle } from './messages.ts'

/** Throws DimaError `invalid_bundle` when a file is not what the manifest says. */
export async function readBundle(bundle: Bundle, kinds: Kinds): Promise<LoadedBundle> {
  const { digest, name, version, manifest } = bundle
  return {
    digest,
    reference: `${name}/${version}`,
    spec: specOf(manifest, kindOf(kinds, manifest)),
    graphs: await readGraphs(bundle),
  }
}
