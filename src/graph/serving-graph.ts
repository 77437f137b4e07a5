// A serving graph as a function: its inputs for a batch size, and what it computes; and the same as ONNX bytes.
import type * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../common/parameters.ts'
import { sizeOf } from '../common/tensors.ts'
import { compileForward } from './forward.ts'
import type { BuilderOptions } from './graph-builder.ts'

type Tensors = Record<string, tf.Tensor>
type Shapes = (batch: number) => { name: string; shape: number[] }[]

export interface ServingGraph {
  /** whose weights it has */
  network: string
  inputs: Shapes
  outputs: Shapes
  build: (weights: Tensors, inputs: Tensors) => Tensors
}

/** With a dynamic batch and the weights inside. `options` may fit it to a device. */
export function compileServing(
  name: string,
  graph: ServingGraph,
  parameters: readonly Parameter[],
  weights: ReadonlyMap<string, Float32Array> | undefined,
  options: BuilderOptions = {},
): Uint8Array {
  const named = new Map(
    parameters.map(({ name: key, shape }) => {
      const data = weights?.get(key)
      if (!data || data.length !== sizeOf(shape))
        throw new Error(`${graph.network}: no weight ${key} of shape [${shape}]`)
      return [key, { shape, data }]
    }),
  )
  return compileForward({ name, weights: named, inputs: graph.inputs, build: graph.build, ...options })
}
