// How much arithmetic a train step does, and how fast this machine could do it.
import * as tf from '@tensorflow/tfjs-core'
import { Rng } from '../../../src/common/rng.ts'
import { sum } from '../../../src/common/statistics.ts'
import { sizeOf, tensor } from '../../../src/common/tensors.ts'
import { openGraphSession } from '../../../src/engine/session.ts'
import { GraphBuilder } from '../../../src/graph/graph-builder.ts'
import { decodeModel } from '../../../src/graph/onnx.ts'
import { traceGraph } from '../../../src/graph/trace.ts'

export const FLOP_METHOD =
  'two operations for each multiply-add of the Gemm and MatMul nodes of the traced step (forward and backward), ' +
  'from their shapes; element-wise work and the optimiser are not counted, zeros in convolution matrices are'

/** What `compile` returns, and the floating-point operations of the matrix products in its graph. */
export function countFlops<T extends { bytes: Uint8Array }>(
  compile: () => T,
): { compiled: T; flops: number } {
  const products = new Map<string, number>() // by the name of the node's output
  const original = GraphBuilder.prototype.multiNode
  // The traced graph does not keep the shapes of its inner values; the builder sees them while it is traced.
  GraphBuilder.prototype.multiNode = function (op, inputs, outputs, attributes = {}) {
    const values = original.call(this, op, inputs, outputs, attributes)
    const [a] = inputs
    if ((op === 'Gemm' || op === 'MatMul') && typeof a === 'object') {
      const { transA } = attributes as { transA?: { i: number } }
      const inner = a.shape.at(transA?.i ? -2 : -1)!
      products.set(values[0]!.name!, 2 * sizeOf(values[0]!.shape) * inner)
    }
    return values
  }
  try {
    const compiled = compile()
    const { node } = decodeModel(compiled.bytes).graph // what is left after dead nodes were dropped
    return { compiled, flops: sum(node.map(({ output }) => products.get(output[0]!) ?? 0)) }
  } finally {
    GraphBuilder.prototype.multiNode = original
  }
}

/** Products of one measurement: processor time is counted too coarsely for a single one. */
const RUNS = 4

/** Opens a square matrix product; each call measures its GFLOP per second of processor time, on one thread. */
export async function openCeiling(
  size = 1024,
): Promise<{ run(): Promise<number>; release(): Promise<void> }> {
  const shape = [size, size]
  const { bytes } = traceGraph({
    name: 'ceiling',
    inputs: [
      { name: 'a', shape },
      { name: 'b', shape },
    ],
    build: ({ a, b }) => ({ c: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D) }),
  })
  const session = await openGraphSession(bytes, { threads: 1 })
  const inputs = {
    a: tensor(shape, new Rng('a').normals(size ** 2)),
    b: tensor(shape, new Rng('b').normals(size ** 2)),
  }
  const outputs = { c: tensor(shape) }
  const run = async () => {
    const before = process.cpuUsage()
    for (let i = 0; i < RUNS; i++) await session.run(inputs, outputs)
    const { user, system } = process.cpuUsage(before)
    return (RUNS * 2 * size ** 3) / (user + system) / 1e3
  }
  await run()
  return { run, release: () => session.release() }
}
