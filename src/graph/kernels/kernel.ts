// What a kernel is, and the few moves that several kernels share.
import * as tf from '@tensorflow/tfjs-core'
import { sizeOf } from '../../common/tensors.ts'
import { type GraphBuilder, type Operand, sameShape, uniform, type Value } from '../graph-builder.ts'

/** Inputs and attributes under tfjs' names; the result is one value or a list. */
export type Kernel<Inputs = never, Attributes = never> = (
  inputs: Inputs,
  attributes: Attributes,
  graph: GraphBuilder,
) => Value | Value[]

export type KernelTable = Record<string, Kernel>

export const broadcastShape = (a: number[], b: number[]): number[] =>
  tf.backend_util.assertAndGetBroadcastShape(a, b)

export function expand(graph: GraphBuilder, x: Value, shape: number[]): Value {
  if (sameShape(x.shape, shape)) return x
  return graph.node('Expand', [x, graph.ints(shape)], { shape, dtype: x.dtype })
}

/** A big uniform constant as a scalar, for where broadcasting gives the same result. */
export function compact(graph: GraphBuilder, x: Value, othersHaveShape: boolean): Operand {
  const value = uniform(x)
  const big = sizeOf(x.shape) > 1 && othersHaveShape
  return big && value !== undefined ? graph.scalar(value, x.dtype) : x
}

/** The part of `x` from `begin`, `size` long on each axis. */
export function slice(graph: GraphBuilder, x: Value, begin: number[], size: number[]): Value {
  const axes = x.shape.map((_, axis) => axis).filter((axis) => size[axis] !== x.shape[axis])
  if (axes.length === 0) return x
  const starts = axes.map((axis) => begin[axis]!)
  const ends = axes.map((axis) => begin[axis]! + size[axis]!)
  const operands = [x, graph.ints(starts), graph.ints(ends), graph.ints(axes)]
  return graph.node('Slice', operands, { shape: size, dtype: x.dtype })
}

/** `x` in pieces of the given sizes along `axis`. */
export function split(graph: GraphBuilder, x: Value, sizes: number[], axis: number): Value[] {
  if (sizes.length === 1) return [x]
  const shapes = sizes.map((size) => x.shape.with(axis, size))
  if (sizes.length > graph.maxSplitOutputs) return sliceAll(graph, x, shapes, axis)
  const outputs = shapes.map((shape) => ({ shape, dtype: x.dtype }))
  return graph.multiNode('Split', [x, graph.ints(sizes)], outputs, { axis: { i: axis } })
}

function sliceAll(graph: GraphBuilder, x: Value, shapes: number[][], axis: number): Value[] {
  const origin = x.shape.map(() => 0)
  let offset = 0
  return shapes.map((shape) => {
    const begin = origin.with(axis, offset)
    offset += shape[axis]!
    return slice(graph, x, begin, shape)
  })
}

/** An axis counted from the front. */
export const positiveAxis = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis)
