// Compiles what networks compute together with their weights as inputs: opened once, it serves every update, and networks
// that are made alike.
import type { Parameter } from '../common/parameters.ts'
import { bucketSpecs, splitBuckets } from './bucket-tensors.ts'
import { planBuckets } from './buckets.ts'
import { mergeBatchSizes } from './dynamic-batch.ts'
import { BATCH_SIZES } from './forward.ts'
import { encodeGraph, type ValueSpec } from './graph.ts'
import { type Tensors, trace } from './trace.ts'

export interface LentWeightsOptions {
  name: string
  /** what networks there are, by name */
  networks: Readonly<Record<string, readonly Parameter[]>>
  /** The data for a batch of the given size; at least one has it as a dimension. */
  inputs: (batch: number) => ValueSpec[]
  /** @param weights of each network, by name */
  build: (weights: Record<string, Tensors>, inputs: Tensors) => Tensors
}

/** The graph as ONNX bytes, for any batch size. Its inputs are the data and `<network>.<i>` for each bucket of each network. */
export function compileLentWeights({ name, networks, inputs, build }: LentWeightsOptions): Uint8Array {
  const buckets = Object.entries(networks).map(([network, all]) => [network, planBuckets(all)] as const)
  const lent = buckets.flatMap(([network, own]) => bucketSpecs(network, own))
  const traceAt = (batch: number) => ({
    batch,
    graph: trace(name, {}, (scope) => {
      const given = scope.inputs([...lent, ...inputs(batch)])
      const weights = buckets.map(([network, own]) => [network, splitBuckets(network, own, given)])
      return build(Object.fromEntries(weights), given)
    }),
  })
  return encodeGraph(mergeBatchSizes(traceAt(BATCH_SIZES[0]), traceAt(BATCH_SIZES[1])))
}
