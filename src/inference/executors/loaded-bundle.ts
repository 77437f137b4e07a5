// A bundle read and checked for executors.
import { type Bundle, type GraphName, readGraph } from '../../registry/load.ts'
import { specOf } from '../../worlds/dima/serve/spec.ts'
import type { LoadedBundle } from './messages.ts'

/** Throws DimaError `invalid_bundle` when a file is not what the manifest says. */
export async function readBundle(bundle: Bundle): Promise<LoadedBundle> {
  const { digest, name, version, manifest } = bundle
  const names = Object.keys(manifest.graphs) as GraphName[]
  const graphs = await Promise.all(names.map(async (graph) => [graph, await readGraph(bundle, graph)]))
  return {
    digest,
    reference: `${name}/${version}`,
    spec: specOf(manifest),
    graphs: Object.fromEntries(graphs),
  }
}
