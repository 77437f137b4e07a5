// A serving graph as a function: its inputs for a batch size, and what it computes; and the same as ONNX bytes.
import type * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../common/parameters.ts'
import { sizeOf } from '../common/tensors.ts'
import { compileForward } from './forward.ts'
import type { BuilderOptions } from './graph-builder.ts'
import type { Draw } from './random-inputs.ts'

type Tensors = Record<string, tf.Tensor>
type Shapes = (batch: number) => { name: string; shape: number[] }[]

export interface ServingGraph {
  /** whose weights it has; absent: it has none */
  network?: string
  inputs: Shapes
  /** how a random input is drawn that can't be any number (random-inputs.ts), by name */
  draws?: Readonly<Record<string, Draw>>
  /** axis of an input, by its name, that may be of any length when the graph runs: no size inside may depend on it */
  free?: Readonly<Record<string, number>>
  outputs: Shapes
  build: (weights: Tensors, inputs: Tensors) => Tensors
}

/** Serving graphs, with the networks whose weights they have. */
export interface Compilable {
  graphs: Readonly<Record<string, ServingGraph>>
  networks: Readonly<Record<string, { parameters: readonly Parameter[] }>>
  weights: Readonly<Record<string, ReadonlyMap<string, Float32Array>>>
}

/** The graphs as ONNX bytes. `options` may fit them to a device. */
export function compileGraphs<Model extends Compilable>(
  model: Model,
  options?: BuilderOptions,
): { [Name in keyof Model['graphs']]: Uint8Array } {
  const compiled = Object.keys(model.graphs).map((name) => [name, compileGraph(model, name, options)])
  return Object.fromEntries(compiled)
}

/** One of them. */
export function compileGraph(
  { graphs, networks, weights }: Compilable,
  name: string,
  options?: BuilderOptions,
): Uint8Array {
  const graph = graphs[name]!
  const { network } = graph
  if (network === undefined) return compileServing(name, graph, [], undefined, options)
  return compileServing(name, graph, networks[network]!.parameters, weights[network], options)
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
  const { inputs, build, free = {} } = graph
  return compileForward({ name, weights: named, inputs, build, free, ...options })
}
