// Runs a function of tensors once under the trace backend and returns the graph of what it did.
import * as tf from '@tensorflow/tfjs-core'
import { encodeGraph, type Graph, type GraphNode, type GraphValue, type ValueSpec } from './graph.ts'
import { type BuilderOptions, GraphBuilder, type Value } from './graph-builder.ts'
import './kernels.ts'
import { withoutRandomness } from './randomness.ts'
import { scoped } from './scope.ts'
import { BACKEND_NAME, type TraceBackend } from './trace-backend.ts'

export type { ValueSpec } from './graph.ts'

export type Tensors = Record<string, tf.Tensor>

export interface TraceOptions extends BuilderOptions {
  name: string
  inputs: ValueSpec[]
  /** Plain tfjs code without side effects; gradients may be taken inside. */
  build: (inputs: Tensors) => Tensors
}

export interface TracedGraph {
  /** The ONNX model. */
  bytes: Uint8Array
  nodes: GraphNode[]
  inputs: GraphValue[]
  outputs: GraphValue[]
}

export function traceGraph({ name, inputs, build, ...options }: TraceOptions): TracedGraph {
  const graph = trace(name, options, (tensors) => build(tensors.inputs(inputs)))
  return { bytes: encodeGraph(graph), nodes: graph.nodes, inputs: graph.inputs, outputs: graph.outputs }
}

export interface Weight {
  shape: number[]
  data: Float32Array
}

/** Makes the tensors that a traced function starts from. */
export interface TraceScope {
  inputs(specs: ValueSpec[]): Tensors
  weights(weights: ReadonlyMap<string, Weight>): Tensors
}

/** Traces `build` into a graph. The tfjs backend in use before is in use again afterwards, also after a throw. */
export function trace(name: string, options: BuilderOptions, build: (scope: TraceScope) => Tensors): Graph {
  return withTraceBackend((backend) => {
    const builder = new GraphBuilder(options)
    backend.graph = builder
    return scoped(() => {
      const outputs = withoutRandomness(() => build(scopeOf(builder, backend)))
      return builder.finish(name, valuesOf(outputs, backend))
    })
  })
}

function scopeOf(builder: GraphBuilder, backend: TraceBackend): TraceScope {
  const tensorOf = (value: Value) => tf.engine().makeTensorFromTensorInfo(backend.store(value))
  return {
    inputs: (specs) => Object.fromEntries(specs.map((spec) => [spec.name, tensorOf(builder.input(spec))])),
    weights: (weights) =>
      Object.fromEntries(
        [...weights].map(([name, { shape, data }]) => [name, tensorOf(builder.weight(name, shape, data))]),
      ),
  }
}

const valuesOf = (tensors: Tensors, backend: TraceBackend): Record<string, Value> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, backend.value(tensor)]))

function withTraceBackend<T>(f: (backend: TraceBackend) => T): T {
  const previous = tf.getBackend() ?? initialBackend()
  if (previous === BACKEND_NAME) throw new Error('a trace cannot run inside another trace')
  select(BACKEND_NAME)
  const backend = tf.backend() as TraceBackend
  try {
    return f(backend)
  } finally {
    backend.graph = undefined
    select(previous)
  }
}

/** tfjs picks its backend lazily; the choice must be made before there is something to return to. */
function initialBackend(): string {
  tf.backend()
  return tf.getBackend()
}

/** setBackend is asynchronous for GPU backends that start up; the ones used here are ready at once. */
function select(name: string): void {
  void tf.setBackend(name)
}
