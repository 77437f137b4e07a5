import { beforeAll, describe, expect, test } from 'vitest'
import type { Parameter } from '../../src/common/parameters.ts'
import { initialValues } from '../../src/common/parameters.ts'
import { Rng } from '../../src/common/rng.ts'
import { type NamedTensors, sizeOf, tensor } from '../../src/common/tensors.ts'
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
