import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { initialValues, type Parameter } from '../../src/common/parameters.ts'
import { Rng } from '../../src/common/rng.ts'
import { type NamedTensors, sizeOf, tensor } from '../../src/common/tensors.ts'
import { compileTrainLoop } from '../../src/graph/train-loop.ts'
import {
  type Bucket,
  compileTrainStep,
  packBuckets,
  type TrainStepOptions,
} from '../../src/graph/train-step.ts'
import { sameBits } from '../common/close.ts'
import { mlp } from './networks.ts'
import { loadOnnx, useCpu } from './run-onnx.ts'
import { stackSteps } from './stack-steps.ts'

beforeAll(useCpu)

const scalar = (value: number) => tensor([], Float32Array.of(value))
const SHARED = { weight_decay: scalar(0.1) }

/** Batch and rates of step t = 1, 2, ...; the learning rate falls. */
const stepFeeds = ({ inputs }: TrainStepOptions, t: number): NamedTensors => ({
  ...Object.fromEntries(
    inputs.map(({ name, shape }) => [name, tensor(shape, new Rng(t, name).normals(sizeOf(shape)))]),
  ),
  learning_rate: scalar(1e-2 / t),
  bias_correction1: scalar(1 - 0.9 ** t),
  bias_correction2: scalar(1 - 0.999 ** t),
})

const initialState = (parameters: readonly Parameter[], buckets: Bucket[]): NamedTensors =>
  Object.fromEntries(
    packBuckets(buckets, initialValues(parameters, 1)).flatMap((flat, i) => [
      [`p.${i}`, tensor([flat.length], flat)],
      [`m.${i}`, tensor([flat.length])],
      [`v.${i}`, tensor([flat.length])],
    ]),
  )

const nextState = (outputs: NamedTensors): NamedTensors =>
  Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name.startsWith('next.'))
      .map(([name, value]) => [name.slice('next.'.length), value]),
  )

/** The state after single steps, and what every step gave besides. */
async function singleSteps(options: TrainStepOptions, feeds: NamedTensors[]) {
  const { bytes, buckets, inputs } = compileTrainStep(options)
  const run = await loadOnnx(bytes, inputs)
  let state = initialState(options.parameters, buckets)
  const scalars: Record<string, number[]> = {}
  for (const feed of feeds) {
    const outputs = (await run({ ...state, ...feed, ...SHARED })) as unknown as NamedTensors
    state = nextState(outputs)
    for (const [name, { data }] of Object.entries(outputs)) {
      if (!name.startsWith('next.')) scalars[name] = [...(scalars[name] ?? []), data[0]!]
    }
  }
  return { state, scalars }
}

async function looped(options: TrainStepOptions, feeds: NamedTensors[]) {
  const { bytes, buckets, inputs } = compileTrainLoop(options, feeds.length)
  const run = await loadOnnx(bytes, inputs)
  const state = initialState(options.parameters, buckets)
  return (await run({ ...state, ...stackSteps(feeds), ...SHARED })) as unknown as NamedTensors
}

describe.each([
  { title: 'one bucket of a kind', change: {} },
  { title: 'several buckets', change: { bucketSize: 20 } },
  { title: 'Slices in place of Splits', change: { maxSplitOutputs: 1 } },
  { title: 'no clipping', change: { clipNorm: Number.POSITIVE_INFINITY } },
])('a Loop equals its single steps bit for bit, with $title', ({ change }) => {
  test.each([1, 4])('K = %i', async (K) => {
    const options = { ...mlp(6), ...change }
    const feeds = Array.from({ length: K }, (_, k) => stepFeeds(options, k + 1))
    const [expected, actual] = [await singleSteps(options, feeds), await looped(options, feeds)]
    for (const [name, { data }] of Object.entries(expected.state))
      expect(sameBits(actual[`next.${name}`]!.data, data), name).toBe(true)
    for (const [name, values] of Object.entries(expected.scalars)) {
      expect(actual[name]!.shape, name).toEqual([K])
      expect([...actual[name]!.data], name).toEqual(values)
    }
    expect(Object.keys(actual)).toHaveLength(
      Object.keys(expected.state).length + Object.keys(expected.scalars).length,
    )
  })
})

test('every step of a Loop has its own batch and its own rates', async () => {
  const options = mlp(6)
  const [first, second] = [stepFeeds(options, 1), stepFeeds(options, 2)]
  const still = { ...first, learning_rate: scalar(0) }
  const [moving, standing] = [await looped(options, [first, second]), await looped(options, [still, second])]
  expect(moving.loss!.data[0]).toBe(standing.loss!.data[0]) // the same batch and the same weights
  expect(moving.loss!.data[1]).not.toBe(standing.loss!.data[1]) // other weights
  expect(moving.loss!.data[1]).not.toBe((await looped(options, [first, first])).loss!.data[1]) // another batch
})

test('a Loop stacks the data and the rates, not the state and not the weight decay', () => {
  const { inputs, outputs } = compileTrainLoop(mlp(6), 5)
  const shapes = Object.fromEntries(inputs.map(({ name, shape }) => [name, shape]))
  expect(shapes).toMatchObject({
    x: [5, 6, 4],
    target: [5, 6, 3],
    learning_rate: [5],
    bias_correction1: [5],
    bias_correction2: [5],
    weight_decay: [],
  })
  const single = compileTrainStep(mlp(6))
  const states = (step: typeof single) => [
    ...step.inputs.filter(({ name }) => /^[pmv]\./.test(name)),
    ...step.outputs.filter(({ name }) => name.startsWith('next.')),
  ]
  expect(states({ ...single, inputs, outputs })).toEqual(states(single))
})

test('a data input may have any name that a step may have', async () => {
  const named = (name: string): TrainStepOptions => ({
    ...mlp(6),
    inputs: [
      { name, shape: [6, 4] },
      { name: 'target', shape: [6, 3] },
    ],
    loss: (weights, inputs) => mlp(6).loss(weights, { ...inputs, x: inputs[name]! }),
  })
  for (const name of ['steps', 'iteration', 'condition']) {
    const feeds = [stepFeeds(named(name), 1), stepFeeds(named(name), 2)]
    expect((await looped(named(name), feeds)).loss!.data.every(Number.isFinite)).toBe(true)
  }
})

test('tracing a Loop leaves no tensors behind', () => {
  const before = tf.memory().numTensors
  compileTrainLoop(mlp(4), 3)
  expect(tf.memory().numTensors).toBe(before)
})
