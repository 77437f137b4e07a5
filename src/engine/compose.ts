// Several graphs made one where several calls would follow each other: a call has its price, on a card most of all.
import type { Composition } from '../graph/composition.ts'
import type { ModelProto, ValueInfoProto } from '../graph/onnx.ts'
import type { BundleGraph } from '../registry/manifest.ts'
import { ownModel } from './own-model.ts'

export type { Composition }

export interface ComposedGraph extends Pick<BundleGraph, 'inputs' | 'outputs'> {
  bytes: Uint8Array
  /** the graph that most of it is of: the one to name where it fails */
  of: string
}

/**
 * @param graphs what is composed, by name; the first is what most of it is of
 * @param put places them
 * Undefined where that can't be: of graphs that others wrote, or of several versions of ONNX.
 */
export async function compose(
  name: string,
  graphs: Readonly<Record<string, Uint8Array>>,
  put: (composition: Composition) => void,
): Promise<ComposedGraph | undefined> {
  const { areComposable, Composition } = await import('../graph/composition.ts')
  const models = new Map<string, ModelProto>()
  for (const [graph, bytes] of Object.entries(graphs)) {
    const model = await ownModel(bytes)
    if (!model) return undefined
    models.set(graph, model)
  }
  if (!areComposable([...models.values()])) return undefined
  const composition = new Composition(models)
  put(composition)
  const { inputs, outputs } = composition
  const bytes = composition.encode(name)
  return { bytes, of: [...models.keys()][0]!, inputs: inputs.map(listed), outputs: outputs.map(listed) }
}

/** As a manifest would list it. */
const listed = ({ name, type }: ValueInfoProto): BundleGraph['inputs'][number] => ({
  name,
  dtype: 'float32',
  shape: type.tensorType.shape.dim.map(({ dimValue }) => dimValue ?? 'batch'),
})
