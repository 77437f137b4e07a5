// The tfjs backend `onnx-trace`. Its tensors have a shape and a name in the graph being built, but no numbers.
// tfjs-core does everything else: shape checks, broadcasting rules and the gradient tape.
import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import type { DType, Values } from './graph.ts'
import { type GraphBuilder, typedArray, type Value } from './graph-builder.ts'

// Registers the gradients: tfjs-core's Node build comes without them. `import` would first read all of it for the names
// of what it exports, which takes longer than running it.
createRequire(import.meta.url)('@tensorflow/tfjs')

export const BACKEND_NAME = 'onnx-trace'

interface Entry {
  value: Value
  references: number
  /** The graph a traced value belongs to; undefined for constants, which fit any graph. */
  graph: GraphBuilder | undefined
}

export class TraceBackend extends tf.KernelBackend {
  private readonly data = new tf.DataStorage<Entry>(this, tf.engine())
  /** The graph being traced into. */
  graph: GraphBuilder | undefined

  /** Stores a value under a data id of its own, as the result of a kernel. */
  store(value: Value): tf.TensorInfo {
    const dataId = {}
    const graph = value.name === undefined ? undefined : this.graph
    this.data.set(dataId, { value, references: 1, graph })
    return { dataId, shape: value.shape, dtype: value.dtype }
  }

  /** The value behind a tensor. A tensor of another backend is moved here by tfjs and becomes a constant. */
  value({ dataId, shape }: tf.TensorInfo): Value {
    const { value, graph } = this.data.get(dataId)
    if (graph !== undefined && graph !== this.graph)
      throw new Error(`the traced value ${value.name} belongs to another graph`)
    return { ...value, shape }
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.store(constant(values, shape, dtype)).dataId
  }

  override move(dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    this.data.set(dataId, { value: constant(values, shape, dtype), references: 1, graph: undefined })
  }

  override readSync(dataId: object): tf.BackendValues {
    const { value } = this.data.get(dataId)
    if (value.values) return value.values
    throw new Error(`the traced value ${value.name} [${value.shape}] has no numbers to read`)
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId)
  }

  override refCount(dataId: object): number {
    return this.data.has(dataId) ? this.data.get(dataId).references : 0
  }

  override incRef(dataId: object): void {
    this.data.get(dataId).references += 1
  }

  /** Forgets the tensor, not the node: unneeded nodes leave the graph when it is finished. */
  override disposeData(dataId: object, force = false): boolean {
    if (!this.data.has(dataId)) return true
    const entry = this.data.get(dataId)
    entry.references -= 1
    if (!force && entry.references > 0) return false
    this.data.delete(dataId)
    return true
  }

  override numDataIds(): number {
    return this.data.numDataIds()
  }

  override memory() {
    return { unreliable: true }
  }

  override floatPrecision(): 32 {
    return 32
  }

  override epsilon(): number {
    return 1e-7
  }

  override dispose(): void {}
}

function constant(values: tf.BackendValues, shape: number[], dtype: tf.DataType): Value {
  const type = traceable(dtype)
  return { shape, dtype: type, values: typedArray(type).from(values as Values) as Values }
}

/** The dtype, if the graphs can carry it. */
export function traceable(dtype: tf.DataType): DType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype
  throw new Error(`a ${dtype} tensor cannot be traced`)
}

tf.registerBackend(BACKEND_NAME, () => new TraceBackend(), 0)
