import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Parameter } from '../../src/common/parameters.ts'
import { initialValues } from '../../src/common/parameters.ts'
import { Rng } from '../../src/common/rng.ts'
import { type NamedTensors, sizeOf, tensor } from '../../src/common/tensors.ts'
import { decodeModel } from '../../src/graph/onnx.ts'
import {
  type Bucket,
  compileTrainStep,
  eagerTrainStep,
  packBuckets,
  type TrainStepOptions,
} from '../../src/graph/train-step.ts'
import { mlp } from './networks.ts'
import { expectClose, loadOnnx, useCpu } from './run-onnx.ts'

beforeAll(useCpu)

const rates = (step: number, learningRate = 1e-3): NamedTensors => ({
  learning_rate: tensor([], Float32Array.of(learningRate)),
  bias_correction1: tensor([], Float32Array.of(1 - 0.9 ** step)),
  bias_correction2: tensor([], Float32Array.of(1 - 0.999 ** step)),
  weight_decay: tensor([], Float32Array.of(0.1)),
})

function initialState(parameters: Parameter[], buckets: Bucket[]): NamedTensors {
  const flats = packBuckets(buckets, initialValues(parameters, 1))
  return Object.fromEntries(
    flats.flatMap((flat, i) => [
      [`p.${i}`, tensor([flat.length], flat)],
      [`m.${i}`, tensor([flat.length])],
      [`v.${i}`, tensor([flat.length])],
    ]),
  )
}

const batchOf = (options: TrainStepOptions, step: number): NamedTensors =>
  Object.fromEntries(
    options.inputs.map(({ name, shape }) => [
      name,
      tensor(shape, new Rng(step, name).normals(sizeOf(shape))),
    ]),
  )

const nextState = (outputs: NamedTensors): NamedTensors =>
  Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name.startsWith('next.'))
      .map(([name, value]) => [name.slice('next.'.length), value]),
  )

describe.each([
  { title: 'with active clipping', clipNorm: 0.01, active: true },
  { title: 'with inactive clipping', clipNorm: 1e3, active: false },
  { title: 'without clipping', clipNorm: Number.POSITIVE_INFINITY, active: false },
])('three traced steps equal the eager ones $title', ({ clipNorm, active }) => {
  test.each([{ bucketSize: 20 }, { bucketSize: 1000 }])(
    'in buckets of $bucketSize',
    async ({ bucketSize }) => {
      const options = { ...mlp(6), clipNorm, bucketSize }
      const { bytes, buckets, inputs } = compileTrainStep(options)
      const run = await loadOnnx(bytes, inputs)
      const eager = eagerTrainStep(options)
      let traced = initialState(mlp(6).parameters, buckets)
      let expected = traced
      for (let t = 1; t <= 3; t++) {
        const data = { ...batchOf(options, t), ...rates(t) }
        const outputs = (await run({ ...traced, ...data })) as unknown as NamedTensors
        const oracle = eager({ ...expected, ...data })
        expect(outputs.grad_norm!.data[0]! > clipNorm).toBe(active)
        expectClose(outputs.loss!.data, oracle.loss!.data, { rtol: 1e-6 })
        expect(Object.keys(outputs).sort()).toEqual(Object.keys(oracle).sort())
        traced = nextState(outputs)
        expected = nextState(oracle)
        for (const name of Object.keys(expected))
          expectClose(traced[name]!.data, expected[name]!.data, { atol: 1e-5 })
      }
    },
  )
})

describe('a training step graph', () => {
  test('has the documented inputs and outputs', () => {
    const { inputs, outputs } = compileTrainStep(mlp(4))
    const rateNames = ['learning_rate', 'bias_correction1', 'bias_correction2', 'weight_decay']
    const moments = ['p.0', 'm.0', 'v.0', 'p.1', 'm.1', 'v.1']
    expect(inputs.map(({ name }) => name)).toEqual([...moments, 'x', 'target', ...rateNames])
    expect(inputs.slice(-4).map(({ shape }) => shape)).toEqual([[], [], [], []])
    expect(outputs.map(({ name }) => name).sort()).toEqual(
      ['loss', 'grad_norm', 'mean_error', ...moments.map((name) => `next.${name}`)].sort(),
    )
  })

  test('decays only the buckets that ask for it', async () => {
    const options = { ...mlp(4), clipNorm: 1 }
    const { bytes, buckets, inputs } = compileTrainStep(options)
    const run = await loadOnnx(bytes, inputs)
    const feeds = { ...initialState(options.parameters, buckets), ...batchOf(options, 1), ...rates(1, 0.1) }
    const decayed = await run(feeds)
    const plain = await run({ ...feeds, weight_decay: tensor([]) })
    for (const [i, { decay }] of buckets.entries()) {
      const shrink = Array.from(feeds[`p.${i}`]!.data, (value) => (decay ? 0.1 * 0.1 * value : 0))
      const difference = Array.from(
        plain[`next.p.${i}`]!.data,
        (value, j) => value - decayed[`next.p.${i}`]!.data[j]!,
      )
      expectClose(difference, shrink, { atol: 1e-6 })
    }
  })

  test.each([Number.POSITIVE_INFINITY, 1e-3])(
    'joins its updates with the same result, clipped to %d',
    async (clipNorm) => {
      const options = { ...mlp(4), clipNorm, bucketSize: 12 }
      const { bytes, buckets, inputs } = compileTrainStep(options)
      expect(buckets.length).toBeGreaterThan(3)
      const joined = compileTrainStep({ ...options, joinUpdates: true })
      const roots = (graph: Uint8Array) =>
        decodeModel(graph).graph.node.filter(({ opType }) => opType === 'Sqrt')
      expect(roots(bytes).length - roots(joined.bytes).length).toBe(buckets.length - 2)
      const feeds = { ...initialState(options.parameters, buckets), ...batchOf(options, 1), ...rates(1, 0.1) }
      const apart = await (await loadOnnx(bytes, inputs))(feeds)
      const together = await (await loadOnnx(joined.bytes, joined.inputs))(feeds)
      expect(Object.keys(together).sort()).toEqual(Object.keys(apart).sort())
      for (const [name, { data, shape }] of Object.entries(apart)) {
        expect(together[name]!.shape).toEqual(shape)
        expectClose(together[name]!.data, data, { rtol: 1e-5, atol: 1e-9 })
      }
    },
  )

  test('works when no parameter decays', () => {
    const parameters = mlp(4).parameters.map((parameter) => ({ ...parameter, decay: false }))
    const { inputs } = compileTrainStep({ ...mlp(4), parameters })
    expect(inputs.map(({ name }) => name)).toContain('weight_decay')
  })

  test('splits its buckets by Slices where asked to', () => {
    const { bytes } = compileTrainStep({ ...mlp(4), maxSplitOutputs: 1 })
    const nodeTypes = decodeModel(bytes).graph.node.map(({ opType }) => opType)
    expect(nodeTypes).not.toContain('Split')
    expect(nodeTypes).toContain('Slice')
  })

  test('refuses a parameter that the loss does not depend on, by name', () => {
    const options = mlp(4)
    const idle: Parameter = { name: 'idle.bias', shape: [3], decay: false, init: () => {} }
    const parameters = [...options.parameters, idle]
    expect(() => compileTrainStep({ ...options, parameters })).toThrow(/does not depend on idle.bias$/)
  })

  test('refuses a data input that the loss does not use, by name', () => {
    const options = mlp(4)
    const inputs = [...options.inputs, { name: 'mask', shape: [4] }]
    expect(() => compileTrainStep({ ...options, inputs })).toThrow(/the input mask/)
  })

  test('leaves no tensors behind, eager or traced', () => {
    const options = mlp(4)
    const feeds = {
      ...initialState(options.parameters, compileTrainStep(options).buckets),
      ...batchOf(options, 1),
      ...rates(1),
    }
    const before = tf.memory().numTensors
    eagerTrainStep(options)(feeds)
    compileTrainStep(options)
    expect(tf.memory().numTensors).toBe(before)
  })
})
