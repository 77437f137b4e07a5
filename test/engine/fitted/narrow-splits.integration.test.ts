// Graphs of bundles that are opened on WebGPU, which has few storage buffers: as they are rewritten they compute the same.
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { tensor } from '../../../src/common/tensors.ts'
import { fitted } from '../../../src/engine/fitted/fitted.ts'
import { WEBGPU_SPLIT_OUTPUTS } from '../../../src/engine/fitted/narrow-splits.ts'
import { openGraphSession } from '../../../src/engine/session.ts'
import { decodeModel, encodeModel, type NodeProto } from '../../../src/graph/onnx.ts'
import { traceGraph } from '../../../src/graph/trace.ts'

/** Cuts x into parts of other sizes and puts them together in another order. */
function cutting(parts: number): Uint8Array {
  const sizes = Array.from({ length: parts }, (_, i) => 1 + (i % 3))
  const width = sizes.reduce((a, b) => a + b, 0)
  const inputs = [{ name: 'x', shape: [2, width] }]
  const build = ({ x }: Record<string, tf.Tensor>) => ({ y: tf.concat(tf.split(x!, sizes, 1).reverse(), 1) })
  return traceGraph({ name: 'cutting', inputs, build }).bytes
}

const splitsOf = (bytes: Uint8Array): NodeProto[] =>
  decodeModel(bytes).graph.node.filter(({ opType }) => opType === 'Split')

async function run(bytes: Uint8Array): Promise<number[]> {
  const session = await openGraphSession(bytes)
  const [, width = 0] = session.inputShape('x')
  const x = tensor(
    [2, width],
    Float32Array.from({ length: 2 * width }, (_, i) => i),
  )
  const { y } = await session.run({ x })
  await session.release()
  return [...y!.data]
}

test.each([8, 13, 50, 70])('a Split into %i parts becomes narrow ones, and gives the same', async (parts) => {
  const bytes = cutting(parts)
  const narrow = await fitted(bytes, 'webgpu')
  const widths = splitsOf(narrow).map(({ output }) => output.length)
  expect(splitsOf(bytes).map(({ output }) => output.length)).toEqual([parts])
  expect(widths.length).toBeGreaterThan(1)
  expect(Math.max(...widths)).toBeLessThanOrEqual(WEBGPU_SPLIT_OUTPUTS)
  expect(Math.min(...widths)).toBeGreaterThan(1)
  expect(await run(narrow)).toEqual(await run(bytes))
})

test('what fits is not touched, and nothing is for other devices', async () => {
  const small = cutting(WEBGPU_SPLIT_OUTPUTS)
  expect(await fitted(small, 'webgpu')).toBe(small)
  const wide = cutting(20)
  for (const device of ['cpu', 'cuda'] as const) expect(await fitted(wide, device)).toBe(wide)
})

test('what others wrote, and what is no graph, is left to the engine', async () => {
  const foreign = encodeModel({ ...decodeModel(cutting(20)), producerName: 'pytorch' })
  expect(await fitted(foreign, 'webgpu')).toBe(foreign)
  const nonsense = new Uint8Array([1, 2, 3])
  expect(await fitted(nonsense, 'webgpu')).toBe(nonsense)
})
