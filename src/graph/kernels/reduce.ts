// Reductions over axes.
import * as tf from '@tensorflow/tfjs-core'
import type { GraphBuilder, Value } from '../graph-builder.ts'
import type { KernelTable } from './kernel.ts'

type Axis = number | number[]
type Reduce = (x: Value, axis: Axis, keepDims: boolean, graph: GraphBuilder) => Value

/** In opset 17 ReduceSum takes its axes as an input, the other reductions as an attribute. */
const reduction =
  (op: string): Reduce =>
  (x, axis, keepDims, graph) => {
    const axes = tf.util.parseAxisParam(axis, x.shape)
    if (axes.length === 0) return x
    const output = { shape: reducedShape(x.shape, axes, keepDims), dtype: x.dtype }
    const keepdims = { i: keepDims ? 1 : 0 }
    if (op === 'ReduceSum') return graph.node(op, [x, graph.ints(axes)], output, { keepdims })
    return graph.node(op, [x], output, { axes: { ints: axes }, keepdims })
  }

const reducedShape = (shape: number[], axes: number[], keepDims: boolean): number[] =>
  shape.flatMap((d, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [d]))

const byAxis =
  (reduce: Reduce) =>
  ({ x }: { x: Value }, { axis, keepDims }: tf.SumAttrs, graph: GraphBuilder): Value =>
    reduce(x, axis, keepDims, graph)

/** Max alone calls its axes `reductionIndices`. */
const max = ({ x }: { x: Value }, { reductionIndices, keepDims }: tf.MaxAttrs, graph: GraphBuilder): Value =>
  reduction('ReduceMax')(x, reductionIndices, keepDims, graph)

export const reduceKernels: KernelTable = {
  Max: max,
  Mean: byAxis(reduction('ReduceMean')),
  Min: byAxis(reduction('ReduceMin')),
  Prod: byAxis(reduction('ReduceProd')),
  Sum: byAxis(reduction('ReduceSum')),
}
