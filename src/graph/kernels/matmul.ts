// Matrix products. Two plain matrices become a Gemm or MatMul, the fastest form in ONNX Runtime.
import type * as tf from '@tensorflow/tfjs-core'
import { sizeOf } from '../../common/tensors.ts'
import type { GraphBuilder, Value } from '../graph-builder.ts'
import { broadcastShape, type KernelTable } from './kernel.ts'

interface Factors {
  a: Value
  b: Value
}

type Transposes = tf.BatchMatMulAttrs

function batchMatMul(factors: Factors, transposes: Transposes, graph: GraphBuilder): Value {
  if (!isPlain(factors)) return batched(factors, transposes, graph)
  return graph.reshape(plain(factors, transposes, undefined, graph), productShape(factors, transposes))
}

interface FusedFactors extends Factors {
  bias?: Value
  preluActivationWeights?: Value
}

function fusedMatMul(inputs: FusedFactors, attributes: tf._FusedMatMulAttrs, graph: GraphBuilder): Value {
  const { activation } = attributes
  if (activation !== 'linear' && activation !== 'relu')
    throw new Error(`_FusedMatMul: the activation ${activation} is not supported`)
  const product = biasedProduct(inputs, attributes, graph)
  return activation === 'relu' ? graph.node('Relu', [product], product) : product
}

function biasedProduct(inputs: FusedFactors, transposes: Transposes, graph: GraphBuilder): Value {
  const { a, bias } = inputs
  if (bias === undefined) return batchMatMul(inputs, transposes, graph)
  const shape = productShape(inputs, transposes)
  if (isPlain(inputs) && bias.shape.length <= 2)
    return graph.reshape(plain(inputs, transposes, bias, graph), shape)
  return graph.node('Add', [batched(inputs, transposes, graph), bias], { shape, dtype: a.dtype })
}

/** Whether all axes before the last two have length one. */
const isPlain = ({ a, b }: Factors) =>
  sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1

/** [M, K] x [K, N] + bias, either factor possibly stored transposed. */
function plain(
  factors: Factors,
  transposes: Transposes,
  bias: Value | undefined,
  graph: GraphBuilder,
): Value {
  const { transposeA, transposeB } = transposes
  const [a, b] = [factors.a, factors.b].map((x) => graph.reshape(x, x.shape.slice(-2))) as [Value, Value]
  const output = { shape: productShape({ a, b }, transposes), dtype: a.dtype } // [M, N]
  if (bias === undefined && !transposeA && !transposeB) return graph.node('MatMul', [a, b], output)
  const flags = { transA: { i: transposeA ? 1 : 0 }, transB: { i: transposeB ? 1 : 0 } }
  return graph.node('Gemm', bias === undefined ? [a, b] : [a, b, bias], output, flags)
}

function batched(factors: Factors, transposes: Transposes, graph: GraphBuilder): Value {
  const a = transposes.transposeA ? swapLastAxes(graph, factors.a) : factors.a
  const b = transposes.transposeB ? swapLastAxes(graph, factors.b) : factors.b
  return graph.node('MatMul', [a, b], { shape: productShape(factors, transposes), dtype: a.dtype })
}

function productShape({ a, b }: Factors, { transposeA, transposeB }: Transposes): number[] {
  const rows = a.shape.at(transposeA ? -1 : -2)!
  const columns = b.shape.at(transposeB ? -2 : -1)!
  return [...broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns]
}

function swapLastAxes(graph: GraphBuilder, x: Value): Value {
  const rank = x.shape.length
  const perm = x.shape.map((_, axis) => axis)
  perm.splice(rank - 2, 2, rank - 1, rank - 2)
  const shape = perm.map((axis) => x.shape[axis]!)
  return graph.node('Transpose', [x], { shape, dtype: x.dtype }, { perm: { ints: perm } })
}

export const matmulKernels: KernelTable = { BatchMatMul: batchMatMul, _FusedMatMul: fusedMatMul }
