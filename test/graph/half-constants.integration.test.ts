// Weights that are half-precision numbers take half the bytes, and nothing else changes.
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import * as ort from 'onnxruntime-node'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { fromHalf, toHalf } from '../../src/common/float16.ts'
import { Rng } from '../../src/common/rng.ts'
import { compileForward } from '../../src/graph/forward.ts'
import { decodeModel } from '../../src/graph/onnx.ts'
import { checkOnnx, missingChecker } from '../onnx-checker.ts'
import { loadOnnx, useCpu } from './run-onnx.ts'

beforeAll(useCpu)

const [ROWS, WIDTH] = [16, 64]
const exact = new Rng('half').normals(WIDTH * WIDTH)
const rounded = fromHalf(toHalf(exact))

const compile = (weight: Float32Array) =>
  compileForward({
    name: 'linear',
    weights: new Map([
      ['weight', { shape: [WIDTH, WIDTH], data: weight }],
      ['bias', { shape: [WIDTH], data: rounded.slice(0, WIDTH) }],
    ]),
    inputs: (batch) => [{ name: 'x', shape: [batch, WIDTH] }],
    build: (w, { x }) => ({ y: tf.add(tf.matMul(x as tf.Tensor2D, w.weight as tf.Tensor2D), w.bias!) }),
  })

const initializers = (bytes: Uint8Array) =>
  decodeModel(bytes).graph.initializer.map(({ name, dataType }) => [name, dataType])

test('a weight of half-precision numbers is stored as such; small ones and others are not', () => {
  expect(initializers(compile(rounded))).toEqual([
    ['weight/float16', 10],
    ['bias', 1],
  ])
  expect(initializers(compile(exact))).toEqual([
    ['weight', 1],
    ['bias', 1],
  ])
  expect(compile(exact).length - compile(rounded).length).toBeGreaterThan(1.9 * WIDTH * WIDTH)
})

test('computes what the same weights give in float32, to the last bit', async () => {
  // The first row of the other weight has a number that is none of half precision, and meets only zeros.
  const odd = rounded.slice()
  odd[0] = rounded[0]! + 1e-4
  expect(initializers(compile(odd))[0]).toEqual(['weight', 1])
  const data = new Rng('input').normals(ROWS * WIDTH).map((x, i) => (i % WIDTH ? x : 0))
  const outputs = await Promise.all(
    [rounded, odd].map(async (weight) => {
      const run = await loadOnnx(compile(weight), [{ name: 'x', dtype: 'float32' }])
      return (await run({ x: { data, shape: [ROWS, WIDTH] } })).y!.data
    }),
  )
  expect(outputs[0]).toEqual(outputs[1])
})

test('no cast is left in the graph that a session runs', async () => {
  const path = join(tmpdir(), `dima-half-${process.pid}.onnx`)
  onTestFinished(() => rmSync(path, { force: true }))
  const options = {
    graphOptimizationLevel: 'all',
    optimizedModelFilePath: path,
    logSeverityLevel: 3,
  } as const
  const session = await ort.InferenceSession.create(compile(rounded), options)
  await session.release()
  const { node, initializer } = decodeModel(readFileSync(path)).graph
  expect(node.map(({ opType }) => opType)).not.toContain('Cast')
  expect(initializer.map(({ dataType }) => dataType)).not.toContain(10)
})

test.skipIf(missingChecker)("ONNX's checker accepts it", () => {
  checkOnnx(compile(rounded))
})
