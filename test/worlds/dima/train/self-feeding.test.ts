// method.md 2.5: the second step of a window sees the model's own estimate of the first, without gradient; what is
// padding counts neither as a target nor as context.
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import {
  createDenoiser,
  type Denoiser,
  type DenoiserInput,
  precondition,
} from '../../../../src/worlds/dima/networks/denoiser.ts'
import { denoiserBatches } from '../../../../src/worlds/dima/train/denoiser-batch.ts'
import { denoiserObjective } from '../../../../src/worlds/dima/train/denoiser-objective.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { dims, randomData } from '../../../runs/data.ts'
import { configOf } from '../../../runs/fixture.ts'

beforeAll(() => tf.setBackend('cpu'))

const { context: L, state: S, agents: N } = dims
const { networks, hyperparameters } = configOf()
const BATCH = 8
/** Not the default, so that the objective must take the network's. */
const OFFSET = 0.1

/** Predicts w plus the mean of its context, and keeps what it was asked. */
function probe() {
  const asked: { input: DenoiserInput; mask: tf.Tensor; predicted: tf.Tensor }[] = []
  let mask: tf.Tensor
  const predict = (w: Record<string, tf.Tensor>, input: DenoiserInput) => {
    const predicted = tf.add(tf.mul(tf.onesLike(input.noisy), w.w!), tf.mean(input.context, 1))
    asked.push({ input, mask, predicted })
    return predicted
  }
  const network: Denoiser = {
    parameters: createDenoiser(dims, networks.denoiser).parameters,
    offsetNoise: OFFSET,
    embedActions: (_, actions, visible) => {
      mask = visible
      return tf.mean(actions, [1, 2])
    },
    unroll: () => ({}),
    predict,
    denoise: () => {
      throw new Error('not used')
    },
  }
  return { network, asked }
}

const { network, asked } = probe()
const config = {
  ...hyperparameters.denoiser,
  recency: hyperparameters.recency,
  batch: BATCH,
  selfFed: 2,
}
const objective = denoiserObjective(network, dims, config)
/** Short episodes, so that some windows start before them. */
const drawn = denoiserBatches(dims, config)(randomData([3, 2, 3, 4]), new Rng('batch'))
const inputs = () =>
  Object.fromEntries(Object.entries(drawn).map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]))
const w = 0.3

/** The steps as the objective should take them. */
function expected() {
  const { states, noise, sigma, valid } = inputs()
  const at = (t: tf.Tensor, j: number) => tf.squeeze(tf.slice(t, [0, j], [-1, 1]), [1])
  const target = (j: number) => {
    const clean = at(states!, L + j)
    const { total, cSkip, cOut } = precondition(tf.slice(sigma!, [0, j], [-1, 1]), OFFSET)
    const noisy = tf.add(clean, tf.mul(at(noise!, j), total))
    return { noisy, cSkip, cOut, wanted: tf.div(tf.sub(clean, tf.mul(cSkip, noisy)), cOut) }
  }
  return { states: states!, valid: valid!, steps: [target(0), target(1)] }
}

test('the second context is the first moved on by the estimate', () => {
  asked.length = 0
  objective.loss({ w: tf.scalar(w) }, inputs())
  const { states, valid, steps } = expected()
  const [first, second] = asked
  expectClose(
    first!.input.context.dataSync(),
    tf.slice(states, [0, 0, 0], [-1, L, S]).dataSync(),
    CLOSE.float32,
  )
  const { noisy, cSkip, cOut } = steps[0]!
  const estimate = tf.add(tf.mul(cSkip, noisy), tf.mul(cOut, first!.predicted))
  const fed = tf.mul(estimate, tf.slice(valid, [0, 0], [-1, 1]))
  const context = tf.concat([tf.slice(states, [0, 1, 0], [-1, L - 1, S]), tf.expandDims(fed, 1)], 1)
  expectClose(second!.input.context.dataSync(), context.dataSync(), CLOSE.float32)
  expectClose(second!.input.noisy.dataSync(), steps[1]!.noisy.dataSync(), CLOSE.float32)
  expect(valid.dataSync()).toContain(0)
})

test('past actions are all visible, the current ones as drawn', () => {
  asked.length = 0
  objective.loss({ w: tf.scalar(w) }, inputs())
  for (const [j, { mask }] of asked.entries()) {
    const past = tf.slice(mask, [0, 0, 0], [-1, L - 1, N]).dataSync()
    expect(past.every((value) => value === 1)).toBe(true)
    const current = tf.slice(mask, [0, L - 1, 0], [-1, 1, N])
    expect(current.dataSync()).toEqual(tf.slice(inputs().visible!, [0, j, 0], [-1, 1, N]).dataSync())
  }
})

test('the loss is the mean over steps of the error over valid rows', () => {
  asked.length = 0
  const { loss } = objective.loss({ w: tf.scalar(w) }, inputs())
  const { valid, steps } = expected()
  const perStep = asked.map(({ predicted }, j) => {
    const errors = tf.mean(tf.squaredDifference(predicted, steps[j]!.wanted), 1).dataSync()
    const counted = Array.from(errors).filter((_, row) => valid.dataSync()[row * 2 + j] === 1)
    return counted.reduce((a, b) => a + b, 0) / counted.length
  })
  expectClose([loss.dataSync()[0]!], [(perStep[0]! + perStep[1]!) / 2], CLOSE.float32)
})

test('no gradient flows through the estimate', () => {
  const gradient = tf
    .grad((t) => objective.loss({ w: t }, inputs()).loss)(tf.scalar(w))
    .dataSync()[0]!
  const { valid, steps } = expected()
  asked.length = 0
  objective.loss({ w: tf.scalar(w) }, inputs())
  // d loss / d w with the second context held fixed: 2 mean(F - target), since dF/dw = 1.
  const direct = asked.map(({ predicted }, j) => {
    const slopes = tf.mean(tf.sub(predicted, steps[j]!.wanted), 1).dataSync()
    const counted = Array.from(slopes).filter((_, row) => valid.dataSync()[row * 2 + j] === 1)
    return (2 * counted.reduce((a, b) => a + b, 0)) / counted.length
  })
  expectClose([gradient], [(direct[0]! + direct[1]!) / 2], CLOSE.float32)
})
