// Kernels that make constants; no node appears before something reads them.
import type * as tf from '@tensorflow/tfjs-core'
import { type GraphBuilder, typedArray, type Value } from '../graph-builder.ts'
import { traceable } from '../trace-backend.ts'
import type { KernelTable } from './kernel.ts'

function range(_: unknown, { start, stop, step, dtype }: tf.RangeAttrs): Value {
  const length = Math.max(0, Math.ceil((stop - start) / step))
  const values = typedArray(dtype).from(Array.from({ length }, (_, i) => start + i * step))
  return { shape: [length], dtype, values }
}

const fill = (_: unknown, { shape, value, dtype }: tf.FillAttrs, graph: GraphBuilder): Value =>
  graph.filled(Number(value), shape, traceable(dtype ?? 'float32'))

const filledLike =
  (value: number) =>
  ({ x }: { x: Value }, _: unknown, graph: GraphBuilder): Value =>
    graph.filled(value, x.shape, x.dtype)

export const createKernels: KernelTable = {
  Fill: fill,
  OnesLike: filledLike(1),
  Range: range,
  ZerosLike: filledLike(0),
}
