// Kernels that work element by element, with broadcasting.
import type * as tf from '@tensorflow/tfjs-core'
import type { DType, Values } from '../graph.ts'
import { type GraphBuilder, sameShape, typedArray, uniform, type Value } from '../graph-builder.ts'
import { DATA_TYPE } from '../onnx.ts'
import { traceable } from '../trace-backend.ts'
import { broadcastShape, compact, expand, type KernelTable } from './kernel.ts'

type Unary = { x: Value }
type Binary = { a: Value; b: Value }

const unary =
  (op: string) =>
  ({ x }: Unary, _: unknown, graph: GraphBuilder): Value =>
    graph.node(op, [x], x)

const binary =
  (op: string, dtype?: DType) =>
  ({ a, b }: Binary, _: unknown, graph: GraphBuilder): Value => {
    const shape = broadcastShape(a.shape, b.shape)
    const left = compact(graph, a, sameShape(b.shape, shape))
    const right = compact(graph, b, sameShape(a.shape, shape))
    return graph.node(op, [left, right], { shape, dtype: dtype ?? a.dtype })
  }

const plainAdd = binary('Add')
const plainMul = binary('Mul')

/** Gradients add to zeros all the time; x + 0 = x needs no node. */
function add(inputs: Binary, _: unknown, graph: GraphBuilder): Value {
  const { a, b } = inputs
  const shape = broadcastShape(a.shape, b.shape)
  if (uniform(b) === 0 && sameShape(a.shape, shape)) return a
  if (uniform(a) === 0 && sameShape(b.shape, shape)) return b
  return plainAdd(inputs, _, graph)
}

/** The gradient of a sum is a product with ones: only the broadcast is left of it. */
function multiply(inputs: Binary, _: unknown, graph: GraphBuilder): Value {
  const { a, b } = inputs
  const shape = broadcastShape(a.shape, b.shape)
  if (uniform(b) === 1) return expand(graph, a, shape)
  if (uniform(a) === 1) return expand(graph, b, shape)
  return plainMul(inputs, _, graph)
}

function addN(inputs: Value[], _: unknown, graph: GraphBuilder): Value {
  return graph.node('Sum', inputs, inputs[0]!)
}

function square({ x }: Unary, _: unknown, graph: GraphBuilder): Value {
  return graph.node('Mul', [x, x], x)
}

function squaredDifference(inputs: Binary, _: unknown, graph: GraphBuilder): Value {
  return square({ x: binary('Sub')(inputs, _, graph) }, _, graph)
}

function rsqrt({ x }: Unary, _: unknown, graph: GraphBuilder): Value {
  return graph.node('Reciprocal', [graph.node('Sqrt', [x], x)], x)
}

function notEqual(inputs: Binary, _: unknown, graph: GraphBuilder): Value {
  const equal = binary('Equal', 'bool')(inputs, _, graph)
  return graph.node('Not', [equal], equal)
}

/**
 * 1 above zero, `alpha` elsewhere: the gradients of relu (alpha 0), abs (-1) and leaky relu use it. A Cast takes a fraction
 * of a Where of two scalars.
 */
function step({ x }: Unary, { alpha = 0 }: Partial<tf.StepAttrs>, graph: GraphBuilder): Value {
  const above = graph.node('Greater', [x, graph.scalar(0, x.dtype)], { shape: x.shape, dtype: 'bool' })
  if (alpha === 0) return graph.node('Cast', [above], x, { to: { i: DATA_TYPE[x.dtype] } })
  return graph.node('Where', [above, graph.scalar(1, x.dtype), graph.scalar(alpha, x.dtype)], x)
}

function clip({ x }: Unary, attributes: tf.ClipByValueAttrs, graph: GraphBuilder): Value {
  const { clipValueMin, clipValueMax } = attributes
  return graph.node('Clip', [x, graph.scalar(clipValueMin, x.dtype), graph.scalar(clipValueMax, x.dtype)], x)
}

function cast({ x }: Unary, attributes: tf.CastAttrs, graph: GraphBuilder): Value {
  const dtype = traceable(attributes.dtype)
  if (dtype === x.dtype) return x
  if (x.values) return { shape: x.shape, dtype, values: castValues(x.values, dtype) }
  return graph.node('Cast', [x], { shape: x.shape, dtype }, { to: { i: DATA_TYPE[dtype] } })
}

const castValues = (values: Values, dtype: DType) =>
  typedArray(dtype).from(dtype === 'bool' ? values.map((value) => Number(value !== 0)) : values)

interface Choice {
  condition: Value
  t: Value
  e: Value
}

function select({ condition, t, e }: Choice, _: unknown, graph: GraphBuilder): Value {
  const shape = broadcastShape(condition.shape, broadcastShape(t.shape, e.shape))
  const full = sameShape(condition.shape, shape)
  return graph.node('Where', [condition, compact(graph, t, full), compact(graph, e, full)], {
    shape,
    dtype: t.dtype,
  })
}

export const elementwiseKernels: KernelTable = {
  Abs: unary('Abs'),
  Add: add,
  AddN: addN,
  AddV2: add,
  Cast: cast,
  ClipByValue: clip,
  Cos: unary('Cos'),
  Equal: binary('Equal', 'bool'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Floor: unary('Floor'),
  Greater: binary('Greater', 'bool'),
  GreaterEqual: binary('GreaterOrEqual', 'bool'),
  Less: binary('Less', 'bool'),
  LessEqual: binary('LessOrEqual', 'bool'),
  Log: unary('Log'),
  LogicalAnd: binary('And', 'bool'),
  LogicalNot: unary('Not'),
  LogicalOr: binary('Or', 'bool'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Multiply: multiply,
  Neg: unary('Neg'),
  NotEqual: notEqual,
  Pow: binary('Pow'),
  RealDiv: binary('Div'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Round: unary('Round'),
  Rsqrt: rsqrt,
  Select: select,
  SelectV2: select,
  Sigmoid: unary('Sigmoid'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Softplus: unary('Softplus'),
  Sqrt: unary('Sqrt'),
  Square: square,
  SquaredDifference: squaredDifference,
  Step: step,
  Sub: binary('Sub'),
  Tanh: unary('Tanh'),
}
