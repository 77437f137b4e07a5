// Compiles a network for serving: weights inside, any batch size.

import { compactConstants } from './compact-constants.ts'
import { mergeBatchSizes } from './dynamic-batch.ts'
import { encodeGraph, type GraphValue, type ValueSpec } from './graph.ts'
import type { BuilderOptions } from './graph-builder.ts'
import { type Tensors, trace, type Weight } from './trace.ts'

export interface ForwardOptions extends BuilderOptions {
  name: string
  weights: ReadonlyMap<string, Weight>
  /** The inputs for a batch of the given size; at least one has it as a dimension. */
  inputs: (batch: number) => ValueSpec[]
  /** ServingGraph */
  free?: Readonly<Record<string, number>>
  build: (weights: Tensors, inputs: Tensors) => Tensors
}

/** Primes, larger than the small dimensions of a network: sizes that agree by chance would merge different nodes. */
export const BATCH_SIZES = [97, 101] as const

/** The network as ONNX bytes. `build` may read shapes, but its structure must not depend on the batch size. */
export function compileForward({
  name,
  weights,
  inputs,
  build,
  free = {},
  ...options
}: ForwardOptions): Uint8Array {
  const traceAt = (batch: number) => ({
    batch,
    graph: trace(name, options, (scope) => build(scope.weights(weights), scope.inputs(inputs(batch)))),
  })
  const merged = mergeBatchSizes(traceAt(BATCH_SIZES[0]), traceAt(BATCH_SIZES[1]))
  return encodeGraph(
    compactConstants({ ...merged, inputs: merged.inputs.map((input) => freed(input, free)) }),
  )
}

/** What a free axis besides the batch is called. */
export const POSITIONS = 'positions'

function freed(input: GraphValue, free: Readonly<Record<string, number>>): GraphValue {
  const axis = free[input.name]
  return axis === undefined ? input : { ...input, shape: input.shape.with(axis, POSITIONS) }
}
