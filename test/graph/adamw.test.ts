import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { adamw, clipScale, globalNorm, type Moments } from '../../src/graph/adamw.ts'
import { expectClose, useCpu } from './run-onnx.ts'

beforeAll(useCpu)

const LEARNING_RATE = 0.1
const WEIGHT_DECAY = 0.5

function twoSteps(gradients: number[], weightDecay?: tf.Tensor): number {
  let state: Moments = { p: tf.scalar(1), m: tf.scalar(0), v: tf.scalar(0) }
  for (const [i, gradient] of gradients.entries())
    state = adamw(state, tf.scalar(gradient), {
      learningRate: tf.scalar(LEARNING_RATE),
      biasCorrection1: tf.scalar(1 - 0.9 ** (i + 1)),
      biasCorrection2: tf.scalar(1 - 0.999 ** (i + 1)),
      ...(weightDecay ? { weightDecay } : {}),
    })
  return state.p.dataSync()[0]!
}

describe('AdamW on one number, p = 1, lr = 0.1, gradients 2 then -1', () => {
  // Step 1: m = 0.2, v = 0.004; corrected m = 2, v = 4: the direction is 2 / 2 = 1.
  // Step 2: m = 0.9 * 0.2 - 0.1 = 0.08, v = 0.999 * 0.004 + 0.001 = 0.004996; corrected m = 0.08 / 0.19 = 0.4210526,
  // v = 0.004996 / 0.001999 = 2.4992496: the direction is 0.4210526 / 1.5808980 = 0.2663376.
  test('without decay', () => {
    expect(twoSteps([2, -1])).toBeCloseTo(1 - 0.1 * 1 - 0.1 * 0.2663376, 6)
  })

  test('with decay 0.5, each step first multiplies p by 1 - 0.1 * 0.5', () => {
    const expected = (1 * 0.95 - 0.1 * 1) * 0.95 - 0.1 * 0.2663376
    expect(twoSteps([2, -1], tf.scalar(WEIGHT_DECAY))).toBeCloseTo(expected, 6)
  })

  test('a zero gradient moves nothing, with no division by zero', () => {
    expect(twoSteps([0, 0])).toBe(1)
  })
})

test("epsilon is added to the corrected root, and is torch's where none is given", () => {
  // The corrected moments of one step are the gradient and its square: the direction is g / (|g| + epsilon).
  const step = (gradient: number, epsilon?: number) =>
    adamw({ p: tf.scalar(0), m: tf.scalar(0), v: tf.scalar(0) }, tf.scalar(gradient), {
      learningRate: tf.scalar(1),
      biasCorrection1: tf.scalar(1 - 0.9),
      biasCorrection2: tf.scalar(1 - 0.999),
      ...(epsilon === undefined ? {} : { epsilon }),
    }).p.dataSync()[0]!
  expect(step(2, 0.5)).toBeCloseTo(-2 / 2.5, 5)
  expect(step(1e-5, 1e-5)).toBeCloseTo(-0.5, 4)
  expect(step(1e-8)).toBeCloseTo(-0.5, 3)
})

describe('clipping', () => {
  const gradients = () => [tf.tensor([3, 0]), tf.tensor([[4]])]

  test('the norm is that of all gradients together', () => {
    expectClose(globalNorm(gradients()).dataSync(), [5], {})
  })

  test('scales down to the limit and never up', () => {
    expectClose(clipScale(globalNorm(gradients()), 1).dataSync(), [1 / (5 + 1e-6)], { rtol: 1e-6 })
    expectClose(clipScale(globalNorm(gradients()), 10).dataSync(), [1], {})
  })
})
