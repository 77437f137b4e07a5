// Weights that are half-precision numbers, or whole ones with a scale a column, take fewer bytes, and nothing else changes.
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import * as ort from 'onnxruntime-node'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { fromHalf, toHalf } from '../../src/common/float16.ts'
import { Rng } from '../../src/common/rng.ts'
import { fromScaledColumns, toScaledColumns } from '../../src/common/scaled-columns.ts'
import { compileForward } from '../../src/graph/forward.ts'
import { decodeModel } from '../../src/graph/onnx.ts'
import { checkOnnx, missingChecker } from '../onnx-checker.ts'
import { loadOnnx, useCpu } from './run-onnx.ts'

beforeAll(useCpu)

const [ROWS, WIDTH] = [16, 64]
const exact = new Rng('half').normals(WIDTH * WIDTH)
const rounded = fromHalf(toHalf(exact))
const scaled = fromScaledColumns(toScaledColumns(exact, WIDTH))

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

test('a matrix of whole numbers with a scale a column is stored as such', () => {
  expect(initializers(compile(scaled))).toEqual([
    ['weight/int8', 3],
    ['weight/scale', 1],
    ['bias', 1],
  ])
  expect(compile(exact).length - compile(scaled).length).toBeGreaterThan(2.8 * WIDTH * WIDTH)
})

const kinds = [
  ['half-precision numbers', rounded],
  ['whole numbers with scales', scaled],
] as const

test.each(kinds)(
  '%s: computes what the same weights give in float32, to the last bit',
  async (_, compact) => {
    // The first row of the other weight has a number that is of neither kind, and meets only zeros.
    const odd = compact.slice()
    odd[0] = compact[0]! + 1e-4
    expect(initializers(compile(odd))[0]).toEqual(['weight', 1])
    const data = new Rng('input').normals(ROWS * WIDTH).map((x, i) => (i % WIDTH ? x : 0))
    const outputs = await Promise.all(
      [compact, odd].map(async (weight) => {
        const run = await loadOnnx(compile(weight), [{ name: 'x', dtype: 'float32' }])
        return (await run({ x: { data, shape: [ROWS, WIDTH] } })).y!.data
      }),
    )
    expect(outputs[0]).toEqual(outputs[1])
  },
)

test.each(kinds)('%s: nothing of it is left in the graph that a session runs', async (_, compact) => {
  const path = join(tmpdir(), `dima-compact-${process.pid}.onnx`)
  onTestFinished(() => rmSync(path, { force: true }))
  const options = {
    graphOptimizationLevel: 'all',
    optimizedModelFilePath: path,
    logSeverityLevel: 3,
  } as const
  const session = await ort.InferenceSession.create(compile(compact), options)
  await session.release()
  const { node, initializer } = decodeModel(readFileSync(path)).graph
  for (const op of ['Cast', 'Mul']) expect(node.map(({ opType }) => opType)).not.toContain(op)
  for (const compactType of [3, 10])
    expect(initializer.map(({ dataType }) => dataType)).not.toContain(compactType)
})

test.skipIf(missingChecker).each(kinds)("%s: ONNX's checker accepts it", (_, compact) => {
  checkOnnx(compile(compact))
})
