// Kernels that move, cut, join and repeat elements.
import * as tf from '@tensorflow/tfjs-core'
import { sizeOf } from '../../common/tensors.ts'
import type { GraphBuilder, Value } from '../graph-builder.ts'
import { expand, type KernelTable, positiveAxis, slice, split } from './kernel.ts'

type Unary = { x: Value }

const identity = ({ x }: Unary): Value => x

const reshapeTo = ({ x }: Unary, { shape }: tf.ReshapeAttrs, graph: GraphBuilder): Value =>
  graph.reshape(x, tf.util.inferFromImplicitShape(shape, sizeOf(x.shape)))

function expandDims({ input }: { input: Value }, { dim }: tf.ExpandDimsAttrs, graph: GraphBuilder): Value {
  return graph.reshape(input, input.shape.toSpliced(positiveAxis(dim, input.shape.length + 1), 0, 1))
}

function transpose({ x }: Unary, { perm }: tf.TransposeAttrs, graph: GraphBuilder): Value {
  const shape = perm.map((axis) => x.shape[axis]!)
  if (keepsOrder(x.shape, perm)) return graph.reshape(x, shape)
  return graph.node('Transpose', [x], { shape, dtype: x.dtype }, { perm: { ints: [...perm] } })
}

/** Whether only axes of length one move: then no number does. */
function keepsOrder(shape: number[], perm: number[]): boolean {
  const long = perm.filter((axis) => shape[axis] !== 1)
  return long.every((axis, i) => i === 0 || axis > long[i - 1]!)
}

function concat(inputs: Value[], attributes: tf.ConcatAttrs, graph: GraphBuilder): Value {
  const first = inputs[0]!
  const axis = positiveAxis(attributes.axis, first.shape.length)
  const filled = inputs.filter(({ shape }) => sizeOf(shape) > 0)
  if (filled.length <= 1) return filled[0] ?? first
  const shapes = inputs.map((input) => input.shape)
  const shape = tf.backend_util.computeOutShape(shapes, axis)
  return graph.node('Concat', filled, { shape, dtype: first.dtype }, { axis: { i: axis } })
}

function pack(inputs: Value[], attributes: tf.PackAttrs, graph: GraphBuilder): Value {
  const first = inputs[0]!
  const axis = positiveAxis(attributes.axis, first.shape.length + 1)
  const shape = first.shape.toSpliced(axis, 0, 1)
  const layers = inputs.map((input) => graph.reshape(input, shape))
  return concat(layers, { axis }, graph)
}

function unpack({ value }: { value: Value }, attributes: tf.UnpackAttrs, graph: GraphBuilder): Value[] {
  const axis = positiveAxis(attributes.axis, value.shape.length)
  const ones = Array<number>(value.shape[axis]!).fill(1)
  const shape = value.shape.toSpliced(axis, 1)
  return split(graph, value, ones, axis).map((layer) => graph.reshape(layer, shape))
}

function sliceFrom({ x }: Unary, { begin, size }: tf.SliceAttrs, graph: GraphBuilder): Value {
  const [from, length] = tf.slice_util.parseSliceParams(x as unknown as tf.TensorInfo, begin, size)
  return slice(graph, x, from!, length!)
}

/** Below any axis: an ONNX Slice with a negative step runs past index 0 only with such an end. */
const BEFORE_START = -(2 ** 31)

function stridedSlice({ x }: Unary, attributes: tf.StridedSliceAttrs, graph: GraphBuilder): Value {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes
  const info = tf.slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  )
  const cut = tf.slice_util.computeOutShape(info.begin, info.end, info.strides)
  const ends = info.end.map((stop, i) => (info.strides[i]! < 0 && stop < 0 ? BEFORE_START : stop))
  const operands = [info.begin, ends, x.shape.map((_, axis) => axis), info.strides].map((v) => graph.ints(v))
  const sliced = graph.node('Slice', [x, ...operands], { shape: cut, dtype: x.dtype })
  return graph.reshape(sliced, info.finalShape)
}

function splitV({ x }: Unary, attributes: tf.SplitVAttrs, graph: GraphBuilder): Value[] {
  const axis = positiveAxis(attributes.axis, x.shape.length)
  const tensor = x as unknown as tf.Tensor
  return split(graph, x, tf.backend_util.prepareSplitSize(tensor, attributes.numOrSizeSplits, axis), axis)
}

function pad({ x }: Unary, { paddings, constantValue }: tf.PadV2Attrs, graph: GraphBuilder): Value {
  if (paddings.flat().every((p) => p === 0)) return x
  const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]
  const shape = x.shape.map((d, i) => d + paddings[i]![0] + paddings[i]![1])
  return graph.node('Pad', [x, graph.ints(pads), graph.scalar(constantValue, x.dtype)], {
    shape,
    dtype: x.dtype,
  })
}

/** Repeats; where only axes of length one repeat, it is a broadcast, which costs less. */
function tile({ x }: Unary, { reps }: tf.TileAttrs, graph: GraphBuilder): Value {
  const shape = x.shape.map((d, i) => d * reps[i]!)
  if (x.shape.every((d, i) => d === 1 || reps[i] === 1)) return expand(graph, x, shape)
  return graph.node('Tile', [x, graph.ints(reps)], { shape, dtype: x.dtype })
}

const broadcastTo = ({ x }: Unary, { shape }: tf.BroadCastToAttrs, graph: GraphBuilder): Value =>
  expand(graph, x, shape)

export const shapeKernels: KernelTable = {
  BroadcastTo: broadcastTo,
  Concat: concat,
  ExpandDims: expandDims,
  Identity: identity,
  Pack: pack,
  PadV2: pad,
  Reshape: reshapeTo,
  Slice: sliceFrom,
  SplitV: splitV,
  StridedSlice: stridedSlice,
  Tile: tile,
  Transpose: transpose,
  Unpack: unpack,
}
