// Kernels that pick or write rows by index.
import type * as tf from '@tensorflow/tfjs-core'
import type { GraphBuilder, Value } from '../graph-builder.ts'
import { DATA_TYPE } from '../onnx.ts'
import { traceable } from '../trace-backend.ts'
import { expand, type KernelTable, positiveAxis } from './kernel.ts'

function gather(
  inputs: { x: Value; indices: Value },
  attributes: tf.GatherV2Attrs,
  graph: GraphBuilder,
): Value {
  const { x, indices } = inputs
  if (attributes.batchDims !== 0) throw new Error('GatherV2: batchDims is not supported')
  const axis = positiveAxis(attributes.axis, x.shape.length)
  const shape = x.shape.toSpliced(axis, 1, ...indices.shape)
  return graph.node('Gather', [x, indices], { shape, dtype: x.dtype }, { axis: { i: axis } })
}

/** Adds rows of `x` into `numSegments` rows: the gradient of a gather. */
function unsortedSegmentSum(
  { x, segmentIds }: { x: Value; segmentIds: Value },
  { numSegments }: tf.UnsortedSegmentSumAttrs,
  graph: GraphBuilder,
): Value {
  if (segmentIds.shape.length !== 1) throw new Error('UnsortedSegmentSum: segment ids must be a vector')
  const output = { shape: [numSegments, ...x.shape.slice(1)], dtype: x.dtype }
  const zeros = expand(graph, graph.scalar(0, x.dtype), output.shape)
  const column = graph.reshape(segmentIds, [segmentIds.shape[0]!, 1])
  const ids = graph.node('Cast', [column], column, { to: { i: DATA_TYPE.int64 } })
  return graph.node('ScatterND', [zeros, ids, x], output, { reduction: { s: 'add' } })
}

/** Compares with 0..depth-1: unlike ONNX OneHot, an index out of range gives a row of `offValue`, as in tfjs. */
function oneHot({ indices }: { indices: Value }, attributes: tf.OneHotAttrs, graph: GraphBuilder): Value {
  const { depth, onValue, offValue } = attributes
  const dtype = traceable(attributes.dtype ?? 'float32')
  const shape = [...indices.shape, depth]
  const classes: Value = {
    shape: [depth],
    dtype: 'int32',
    values: Int32Array.from({ length: depth }, (_, i) => i),
  }
  const column = graph.reshape(indices, [...indices.shape, 1])
  const hit = graph.node('Equal', [column, classes], { shape, dtype: 'bool' })
  return graph.node('Where', [hit, graph.scalar(onValue, dtype), graph.scalar(offValue, dtype)], {
    shape,
    dtype,
  })
}

export const gatherKernels: KernelTable = {
  GatherV2: gather,
  OneHot: oneHot,
  UnsortedSegmentSum: unsortedSegmentSum,
}
