// The table of kernel tests: for each kernel at least one call whose value, and gradient where there is one, must
// equal tfjs-cpu.
import * as tf from '@tensorflow/tfjs-core'
import type { ValueSpec } from '../../src/graph/graph.ts'
import type { Tensors } from '../../src/graph/trace.ts'

/** An input with the range that its random values are drawn from; default -2 to 2. */
export interface CaseInput extends Omit<ValueSpec, 'name'> {
  low?: number
  high?: number
}

export interface KernelCase {
  kernel: string
  title: string
  inputs: Record<string, CaseInput>
  run: (inputs: Tensors) => tf.Tensor | tf.Tensor[]
  /** The same on tfjs-cpu, where it has no such kernel. */
  oracle?: (inputs: Tensors) => tf.Tensor | tf.Tensor[]
  /** Inputs to differentiate by; default: all float inputs. */
  gradient?: string[]
}

type Options = Partial<Omit<KernelCase, 'kernel' | 'inputs' | 'run'>>
type Run<Names extends string> = (inputs: Record<Names, tf.Tensor>) => tf.Tensor | tf.Tensor[]

function kernelCase<Names extends string>(
  kernel: string,
  inputs: Record<Names, CaseInput>,
  run: Run<Names>,
  options: Options = {},
): KernelCase {
  return { kernel, title: kernel, inputs, run: run as KernelCase['run'], ...options }
}

const float = (shape: number[], low = -2, high = 2): CaseInput => ({ shape, low, high })
const int = (shape: number[], low = -3, high = 3): CaseInput => ({ shape, low, high, dtype: 'int32' })
const bool = (shape: number[]): CaseInput => ({ shape, low: 0, high: 2, dtype: 'bool' })

const kernel = (name: string, inputs: tf.NamedTensorMap, attributes: Record<string, unknown> = {}) =>
  tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor

const noGradient: Options = { gradient: [] }

const unary: KernelCase[] = [
  kernelCase('Abs', { x: float([2, 3]) }, ({ x }) => tf.abs(x)),
  kernelCase('Cos', { x: float([2, 3]) }, ({ x }) => tf.cos(x)),
  kernelCase('Erf', { x: float([2, 3]) }, ({ x }) => tf.erf(x)),
  kernelCase('Exp', { x: float([2, 3]) }, ({ x }) => tf.exp(x)),
  kernelCase('Floor', { x: float([2, 3]) }, ({ x }) => tf.floor(x)),
  kernelCase('Identity', { x: float([2, 3]) }, ({ x }) => tf.clone(x)),
  kernelCase('Log', { x: float([2, 3], 0.1, 3) }, ({ x }) => tf.log(x)),
  kernelCase('Neg', { x: float([2, 3]) }, ({ x }) => tf.neg(x)),
  kernelCase('Reciprocal', { x: float([2, 3], 0.5, 2) }, ({ x }) => tf.reciprocal(x)),
  kernelCase('Relu', { x: float([2, 3]) }, ({ x }) => tf.relu(x)),
  kernelCase('Round', { x: float([2, 3]) }, ({ x }) => tf.round(x)),
  kernelCase('Round', {}, () => tf.round(tf.tensor([-1.5, -0.5, 0.5, 1.5, 2.5])), {
    title: 'Round half to even',
  }),
  kernelCase('Rsqrt', { x: float([2, 3], 0.1, 3) }, ({ x }) => tf.rsqrt(x)),
  kernelCase('Sigmoid', { x: float([2, 3]) }, ({ x }) => tf.sigmoid(x)),
  kernelCase('Sign', { x: float([2, 3]) }, ({ x }) => tf.sign(x)),
  kernelCase('Sin', { x: float([2, 3]) }, ({ x }) => tf.sin(x)),
  kernelCase('Softplus', { x: float([2, 3]) }, ({ x }) => tf.softplus(x)),
  kernelCase('Sqrt', { x: float([2, 3], 0.1, 3) }, ({ x }) => tf.sqrt(x)),
  kernelCase('Square', { x: float([2, 3]) }, ({ x }) => tf.square(x)),
  kernelCase('Step', { x: float([3, 4]) }, ({ x }) => tf.step(x)),
  kernelCase('Step', { x: float([3, 4]) }, ({ x }) => tf.step(x, 0.3), { title: 'Step with alpha 0.3' }),
  kernelCase('Step', { x: float([3, 4]) }, ({ x }) => tf.step(x, -1), { title: 'Step with alpha -1' }),
  kernelCase('Tanh', { x: float([2, 3]) }, ({ x }) => tf.tanh(x)),
  kernelCase('ClipByValue', { x: float([3, 4]) }, ({ x }) => tf.clipByValue(x, -0.5, 1)),
  kernelCase('LogicalNot', { x: bool([5]) }, ({ x }) => tf.logicalNot(x)),
  kernelCase('Cast', { x: int([5]) }, ({ x }) => tf.cast(x, 'float32'), { title: 'Cast int32 to float32' }),
  kernelCase('Cast', { x: float([9], -4, 4) }, ({ x }) => tf.cast(x, 'int32'), {
    title: 'Cast float32 to int32 truncates',
    gradient: [],
  }),
  kernelCase('Cast', { x: bool([5]) }, ({ x }) => tf.cast(x, 'float32'), { title: 'Cast bool to float32' }),
  kernelCase('Cast', { x: int([9]) }, ({ x }) => tf.cast(x, 'bool'), { title: 'Cast int32 to bool' }),
  kernelCase('Cast', {}, () => tf.cast(tf.tensor([0, -1.5, 2.5]), 'int32'), { title: 'Cast of a constant' }),
  kernelCase('Cast', {}, () => tf.cast(tf.tensor([0, -0.5, 2]), 'bool'), {
    title: 'Cast of a constant to bool',
  }),
]

type BinaryOp = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const binaryCase = (
  name: string,
  op: BinaryOp,
  a: CaseInput,
  b: CaseInput,
  options: Options = {},
): KernelCase => kernelCase(name, { a, b }, ({ a, b }) => op(a, b), options)

/** A binary kernel on equal shapes, broadcast both ways, and on integers. */
const arithmetic = (name: string, op: BinaryOp, broadcast: Options = {}): KernelCase[] => [
  binaryCase(name, op, float([2, 3]), float([2, 3])),
  binaryCase(name, op, float([2, 1, 3]), float([4, 1]), { title: `${name} broadcast`, ...broadcast }),
  binaryCase(name, op, float([]), float([3]), { title: `${name} of a scalar`, ...broadcast }),
  binaryCase(name, op, int([5]), int([5]), { title: `${name} of int32` }),
]

const comparison = (name: string, op: BinaryOp): KernelCase[] => [
  binaryCase(name, op, float([2, 3]), float([3]), noGradient),
  binaryCase(name, op, int([9]), int([9]), { title: `${name} of int32` }),
]

const binary: KernelCase[] = [
  ...arithmetic('Add', tf.add),
  ...arithmetic('Sub', tf.sub),
  ...arithmetic('Multiply', tf.mul),
  ...arithmetic('Maximum', tf.maximum, noGradient), // tfjs' own does not reduce a broadcast
  ...arithmetic('Minimum', tf.minimum, noGradient), // tfjs' own does not reduce a broadcast
  ...arithmetic('SquaredDifference', tf.squaredDifference, noGradient), // tfjs' own does not reduce a broadcast
  ...comparison('Equal', tf.equal),
  ...comparison('NotEqual', tf.notEqual),
  ...comparison('Greater', tf.greater),
  ...comparison('GreaterEqual', tf.greaterEqual),
  ...comparison('Less', tf.less),
  ...comparison('LessEqual', tf.lessEqual),
  binaryCase('LogicalAnd', tf.logicalAnd, bool([8]), bool([8])),
  binaryCase('LogicalOr', tf.logicalOr, bool([8]), bool([8])),
  binaryCase('RealDiv', tf.div, float([2, 3]), float([3], 0.5, 2)),
  binaryCase('RealDiv', tf.div, float([]), float([2, 3], 0.5, 2), { title: 'RealDiv of a scalar' }),
  binaryCase('Pow', tf.pow, float([2, 3], 0.5, 2), float([3])),
  kernelCase('Pow', { x: float([2, 3]) }, ({ x }) => tf.pow(x, 2), { title: 'Pow of negative numbers' }),
  kernelCase('AddV2', { a: float([2, 3]), b: float([3]) }, ({ a, b }) => kernel('AddV2', { a, b }), {
    oracle: ({ a, b }) => tf.add(a!, b!),
    gradient: [], // tfjs has none for this name
  }),
  kernelCase('AddN', { a: float([2, 3]), b: float([2, 3]), c: float([2, 3]) }, ({ a, b, c }) =>
    tf.addN([a, b, c]),
  ),
  kernelCase('Add', { x: float([2, 3]) }, ({ x }) => tf.add(x, tf.zeros([2, 3])), { title: 'Add of zeros' }),
  kernelCase('Add', { x: float([3]) }, ({ x }) => tf.add(tf.zeros([2, 3]), x), {
    title: 'Add of broadcast zeros',
  }),
  kernelCase('Add', { x: float([2, 3]) }, ({ x }) => tf.add(tf.fill([2, 3], 2), x), {
    title: 'Add of a big constant',
  }),
  kernelCase('Multiply', { x: float([2, 3]) }, ({ x }) => tf.mul(x, tf.ones([2, 3])), {
    title: 'Multiply by ones',
  }),
  kernelCase('Multiply', { x: float([3]) }, ({ x }) => tf.mul(tf.ones([2, 3]), x), {
    title: 'Multiply by broadcast ones',
  }),
  kernelCase('Select', { c: bool([2, 3]), t: float([2, 3]), e: float([2, 3]) }, ({ c, t, e }) =>
    tf.where(c, t, e),
  ),
  kernelCase(
    'Select',
    { c: bool([2, 3]), t: float([2, 3]) },
    ({ c, t }) => tf.where(c, t, tf.zeros([2, 3])),
    {
      title: 'Select of zeros',
    },
  ),
  kernelCase(
    'SelectV2',
    { c: bool([2, 1]), t: float([2, 3]), e: float([3]) },
    ({ c, t, e }) => kernel('SelectV2', { condition: c, t, e }),
    { oracle: ({ c, t, e }) => tf.where(c!, t!, e!), gradient: [] }, // tfjs has none for this name
  ),
]

const shape: KernelCase[] = [
  kernelCase('Reshape', { x: float([2, 6]) }, ({ x }) => tf.reshape(x, [3, -1])),
  kernelCase('Reshape', { x: float([1]) }, ({ x }) => tf.reshape(x, []), { title: 'Reshape to a scalar' }),
  kernelCase('ExpandDims', { x: float([2, 3]) }, ({ x }) => [tf.expandDims(x, 1), tf.expandDims(x, -1)]),
  kernelCase('Transpose', { x: float([2, 3, 4]) }, ({ x }) => tf.transpose(x, [2, 0, 1])),
  kernelCase('Concat', { a: float([2, 3]), b: float([2, 1]) }, ({ a, b }) => tf.concat([a, b], -1)),
  kernelCase('Concat', { a: float([2, 3]) }, ({ a }) => tf.concat([a, tf.zeros([0, 3])], 0), {
    title: 'Concat with an empty tensor',
  }),
  kernelCase('Pack', { a: float([2, 3]), b: float([2, 3]) }, ({ a, b }) => tf.stack([a, b], 1)),
  kernelCase('Pack', { a: float([]), b: float([]) }, ({ a, b }) => tf.stack([a, b]), {
    title: 'Pack of scalars',
  }),
  kernelCase('Unpack', { x: float([2, 3, 2]) }, ({ x }) => tf.unstack(x, 1)),
  kernelCase('Slice', { x: float([3, 4, 5]) }, ({ x }) => tf.slice(x, [1, 0, 2], [2, 4, -1])),
  kernelCase('SplitV', { x: float([2, 6]) }, ({ x }) => tf.split(x, [1, 3, 2], -1)),
  kernelCase('SplitV', { x: float([6, 2]) }, ({ x }) => tf.split(x, 3), { title: 'SplitV into equal parts' }),
  kernelCase(
    'StridedSlice',
    { x: float([5, 6]) },
    ({ x }) => tf.stridedSlice(x, [1, 0], [5, 6], [2, 3]),
    noGradient,
  ),
  kernelCase(
    'StridedSlice',
    { x: float([5, 6]) },
    ({ x }) => tf.stridedSlice(x, [4, 5], [0, 0], [-1, -2], 0, 2),
    {
      title: 'StridedSlice backwards to the start',
      gradient: [],
    },
  ),
  kernelCase(
    'StridedSlice',
    { x: float([5, 6]) },
    ({ x }) => tf.stridedSlice(x, [2, 0], [3, 6], [1, 1], 0, 0, 0, 0, 1),
    { title: 'StridedSlice dropping an axis', gradient: [] },
  ),
  kernelCase('PadV2', { x: float([2, 3]) }, ({ x }) =>
    tf.pad(x, [
      [1, 0],
      [2, 1],
    ]),
  ),
  kernelCase(
    'PadV2',
    { x: float([2, 3]) },
    ({ x }) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        0.5,
      ),
    {
      title: 'PadV2 with a value',
    },
  ),
  kernelCase('Tile', { x: float([2, 3]) }, ({ x }) => tf.tile(x, [2, 3])),
  kernelCase('Tile', { x: float([2, 1]) }, ({ x }) => tf.tile(x, [1, 3]), {
    title: 'Tile of an axis of one',
  }),
  kernelCase(
    'BroadcastTo',
    { x: float([2, 1]) },
    ({ x }) => kernel('BroadcastTo', { x }, { shape: [4, 2, 3], inputShape: [2, 1] }),
    { oracle: ({ x }) => tf.broadcastTo(x!, [4, 2, 3]), gradient: [] }, // called through Tile by tf.broadcastTo
  ),
  kernelCase('Tile', { x: float([2, 1]) }, ({ x }) => tf.broadcastTo(x, [4, 2, 3]), {
    title: 'Tile as a broadcast',
  }),
  kernelCase('GatherV2', { x: float([4, 3]), i: int([5], 0, 4) }, ({ x, i }) => tf.gather(x, i)),
  kernelCase('GatherV2', { x: float([2, 4, 3]), i: int([2, 2], 0, 4) }, ({ x, i }) => tf.gather(x, i, 1), {
    title: 'GatherV2 on a middle axis',
  }),
  kernelCase('UnsortedSegmentSum', { x: float([6, 2]), i: int([6], 0, 4) }, ({ x, i }) =>
    tf.unsortedSegmentSum(x, i as tf.Tensor1D, 4),
  ),
  kernelCase('OneHot', { i: int([6], -1, 5) }, ({ i }) => tf.oneHot(i, 4)),
  kernelCase('OneHot', { i: int([2, 3], 0, 4) }, ({ i }) => tf.oneHot(i, 4, 0.9, 0.1, 'float32'), {
    title: 'OneHot with smoothed values',
  }),
  kernelCase('Range', {}, () => [tf.range(0, 5), tf.range(1, 2, 0.25), tf.range(5, 1, -2, 'int32')]),
  kernelCase('Fill', {}, () => [tf.fill([2, 3], 1.5), tf.fill([2], 3, 'int32')]),
  kernelCase('ZerosLike', { x: float([2, 3]) }, ({ x }) => tf.zerosLike(x)),
  kernelCase('OnesLike', { x: int([2, 3]) }, ({ x }) => tf.onesLike(x)),
]

type ReduceOp = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor

const reductionCases = (name: string, op: ReduceOp, options: Options = {}): KernelCase[] => [
  kernelCase(name, { x: float([2, 3, 4]) }, ({ x }) => op(x), { title: `${name} of everything`, ...options }),
  kernelCase(name, { x: float([2, 3, 4]) }, ({ x }) => op(x, 1), { title: `${name} of an axis`, ...options }),
  kernelCase(name, { x: float([2, 3, 4]) }, ({ x }) => op(x, [0, -1], true), {
    title: `${name} of two axes, kept`,
    ...options,
  }),
]

const reduce: KernelCase[] = [
  ...reductionCases('Sum', tf.sum),
  ...reductionCases('Mean', tf.mean),
  ...reductionCases('Max', tf.max),
  ...reductionCases('Min', tf.min),
  ...reductionCases('Prod', tf.prod, noGradient), // tfjs' own needs Cumprod, which ONNX lacks
  kernelCase('Cumsum', { x: float([2, 3, 4]) }, ({ x }) => tf.cumsum(x, 2)),
  kernelCase('Cumsum', { x: float([2, 3]) }, ({ x }) => tf.cumsum(x, 1, true, true), {
    title: 'Cumsum from the end, without the number itself',
  }),
  kernelCase('Sum', { x: int([2, 3]) }, ({ x }) => tf.sum(x, 0), { title: 'Sum of int32' }),
  kernelCase('Sum', { x: bool([7]) }, ({ x }) => tf.sum(x), { title: 'Sum of bool' }),
]

type MatMulCase = {
  a: number[]
  b: number[]
  transposeA?: boolean
  transposeB?: boolean
  gradient?: string[]
}

function matMulCase({ a, b, transposeA = false, transposeB = false, ...options }: MatMulCase): KernelCase {
  const title = `BatchMatMul [${a}]${transposeA ? "'" : ''} x [${b}]${transposeB ? "'" : ''}`
  return kernelCase(
    'BatchMatMul',
    { a: float(a), b: float(b) },
    ({ a, b }) => tf.matMul(a, b, transposeA, transposeB),
    {
      title,
      ...options,
    },
  )
}

type Fused = Omit<Parameters<typeof tf.fused.matMul>[0], 'a' | 'b' | 'bias'>

const fusedCase = (
  title: string,
  shapes: Record<'a' | 'b' | 'bias', number[]>,
  options: Fused = {},
): KernelCase =>
  kernelCase(
    '_FusedMatMul',
    { a: float(shapes.a), b: float(shapes.b), bias: float(shapes.bias) },
    ({ a, b, bias }) => tf.fused.matMul({ a, b, bias, ...options }),
    { title: `_FusedMatMul ${title}` },
  )

const matmul: KernelCase[] = [
  matMulCase({ a: [2, 3], b: [3, 4] }),
  matMulCase({ a: [3, 2], b: [3, 4], transposeA: true }),
  matMulCase({ a: [2, 3], b: [4, 3], transposeB: true }),
  matMulCase({ a: [3, 2], b: [4, 3], transposeA: true, transposeB: true }),
  matMulCase({ a: [1, 2, 3], b: [1, 3, 4] }),
  matMulCase({ a: [2, 2, 3], b: [2, 3, 4] }),
  matMulCase({ a: [2, 3, 2], b: [2, 3, 4], transposeA: true }),
  matMulCase({ a: [2, 2, 2, 3], b: [2, 2, 4, 3], transposeB: true }),
  matMulCase({ a: [2, 2, 3], b: [1, 3, 4], gradient: ['a'] }), // tfjs does not reduce the broadcast of b
  matMulCase({ a: [2, 2, 3], b: [3, 4], gradient: [] }),
  fusedCase('with bias', { a: [2, 3], b: [3, 4], bias: [4] }),
  fusedCase('with relu', { a: [2, 3], b: [3, 4], bias: [4] }, { activation: 'relu' }),
  fusedCase('with a bias for each row', { a: [2, 3], b: [3, 4], bias: [2, 4] }),
  fusedCase('transposed', { a: [3, 2], b: [4, 3], bias: [4] }, { transposeA: true, transposeB: true }),
  fusedCase('of a batch of one', { a: [1, 2, 3], b: [1, 3, 4], bias: [4] }),
  fusedCase('of a batch', { a: [2, 2, 3], b: [2, 3, 4], bias: [4] }),
  kernelCase(
    '_FusedMatMul',
    { a: float([2, 3]), b: float([3, 4]) },
    ({ a, b }) => tf.fused.matMul({ a, b }),
    {
      title: '_FusedMatMul without bias',
    },
  ),
]

function layerNormalization({ x, gamma, beta }: Tensors): tf.Tensor[] {
  const { mean, variance } = tf.moments(x!, -1, true)
  const inverse = tf.rsqrt(tf.add(variance, 1e-5))
  return [tf.add(tf.mul(tf.mul(tf.sub(x!, mean), inverse), gamma!), beta!), mean, inverse]
}

const normalise: KernelCase[] = [
  kernelCase('Softmax', { x: float([2, 3]) }, ({ x }) => tf.softmax(x)),
  // tf.logSoftmax is made of other kernels; tfjs has this one too, with a gradient.
  kernelCase(
    'LogSoftmax',
    { x: float([2, 3]) },
    ({ x }) => kernel('LogSoftmax', { logits: x }, { axis: -1 }),
    {
      oracle: ({ x }) => tf.logSoftmax(x!),
    },
  ),
  kernelCase(
    'LayerNormalization',
    { x: float([2, 3, 4]), gamma: float([4]), beta: float([4]) },
    ({ x, gamma, beta }) =>
      tf
        .engine()
        .runKernel('LayerNormalization', { x, gamma, beta }, { epsilon: 1e-5 }) as unknown as tf.Tensor[],
    { oracle: layerNormalization, gradient: [] }, // its caller writes the gradient
  ),
]

export const kernelCases: KernelCase[] = [...unary, ...binary, ...shape, ...reduce, ...matmul, ...normalise]
