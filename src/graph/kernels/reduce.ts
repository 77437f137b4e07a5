// Reductions over axes, and running sums.
import * as tf from '@tensorflow/tfjs-core'
import { type GraphBuilder, sameShape, type Value } from '../graph-builder.ts'
import type { KernelTable } from './kernel.ts'

type Axis = number | number[]
type Reduce = (x: Value, axis: Axis, keepDims: boolean, graph: GraphBuilder) => Value

/** The same numbers with or without the reduced axes: whichever is read is computed. */
const reduction =
  (op: string): Reduce =>
  (x, axis, keepDims, graph) => {
    const axes = tf.util.parseAxisParam(axis, x.shape)
    if (axes.length === 0) return x
    const [plain, inner] = withoutUnitAxes(graph, x, axes)
    const shape = reducedShape(x.shape, axes, keepDims)
    if (inner.length === 0) return graph.reshape(plain, shape)
    const [kept, dropped] = [reduce(op, plain, inner, true, graph), reduce(op, plain, inner, false, graph)]
    graph.alternative(kept, dropped)
    graph.alternative(dropped, kept)
    return graph.reshape(dropped, shape)
  }

/** In opset 17 ReduceSum takes its axes as an input, the other reductions as an attribute. */
function reduce(op: string, x: Value, axes: number[], keepDims: boolean, graph: GraphBuilder): Value {
  const output = { shape: reducedShape(x.shape, axes, keepDims), dtype: x.dtype }
  const keepdims = { i: keepDims ? 1 : 0 }
  if (op === 'ReduceSum') return graph.node(op, [x, graph.ints(axes)], output, { keepdims })
  return graph.node(op, [x], output, { axes: { ints: axes }, keepdims })
}

/** `x` without the axes of length one that a reshape gave it, and `axes` there: over such an axis nothing is reduced. */
function withoutUnitAxes(graph: GraphBuilder, x: Value, axes: number[]): [Value, number[]] {
  const source = graph.source(x)
  const sizes = longSizes(x.shape)
  const own = source.name === x.name ? x : graph.reshape(x, sizes)
  const plain = sameShape(longSizes(source.shape), sizes) ? source : own
  const [from, to] = [longAxes(x.shape), longAxes(plain.shape)]
  return [plain, from.flatMap((axis, i) => (axes.includes(axis) ? [to[i]!] : []))]
}

const longSizes = (shape: number[]) => shape.filter((d) => d !== 1)
const longAxes = (shape: number[]) => shape.flatMap((d, axis) => (d === 1 ? [] : [axis]))

const reducedShape = (shape: number[], axes: number[], keepDims: boolean): number[] =>
  shape.flatMap((d, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [d]))

const byAxis =
  (reduce: Reduce) =>
  ({ x }: { x: Value }, { axis, keepDims }: tf.SumAttrs, graph: GraphBuilder): Value =>
    reduce(x, axis, keepDims, graph)

/** Max alone calls its axes `reductionIndices`. */
const max = ({ x }: { x: Value }, { reductionIndices, keepDims }: tf.MaxAttrs, graph: GraphBuilder): Value =>
  reduction('ReduceMax')(x, reductionIndices, keepDims, graph)

/** Each number with all before it on an axis added. */
function cumulativeSum(
  { x }: { x: Value },
  { axis, exclusive, reverse }: tf.CumsumAttrs,
  graph: GraphBuilder,
): Value {
  const attributes = { exclusive: { i: exclusive ? 1 : 0 }, reverse: { i: reverse ? 1 : 0 } }
  return graph.node('CumSum', [x, graph.scalar(axis, 'int32')], x, attributes)
}

export const reduceKernels: KernelTable = {
  Cumsum: cumulativeSum,
  Max: max,
  Mean: byAxis(reduction('ReduceMean')),
  Min: byAxis(reduction('ReduceMin')),
  Prod: byAxis(reduction('ReduceProd')),
  Sum: byAxis(reduction('ReduceSum')),
}
