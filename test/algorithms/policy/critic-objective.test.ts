// The critic's clipped Huber loss, method.md 4.3.
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { criticObjective, huber } from '../../../src/algorithms/policy/critic-objective.ts'
import type { Critic } from '../../../src/networks/critic.ts'
import { CLOSE, expectClose } from '../../common/close.ts'

beforeAll(() => tf.setBackend('cpu'))

/** Its value is the input times w. */
const plain: Critic = {
  parameters: [{ name: 'w', shape: [], decay: false, init: (_, values) => void values.fill(1) }],
  head: { weight: 'w', bias: 'w' },
  value: (weights, x) => tf.reshape(tf.mul(x, weights.w!), [-1]),
}

/** The loss of one sample at w = 1, its slope there, and the mean value. */
function lossOf(sample: { value: number; old: number; wanted: number }, huberDelta = 10) {
  const objective = criticObjective(plain, 1, 1, { clip: 0.1, huberDelta })
  const inputs = {
    inputs: tf.tensor2d([[sample.value]]),
    values: tf.tensor1d([sample.old]),
    returns: tf.tensor1d([sample.wanted]),
  }
  const { value, grad } = tf.valueAndGrad((w: tf.Tensor) => objective.loss({ w }, inputs).loss)(tf.scalar(1))
  const { value_mean } = objective.loss({ w: tf.scalar(1) }, inputs).metrics
  return { loss: value.dataSync()[0]!, slope: grad.dataSync()[0]!, mean: value_mean!.dataSync()[0]! }
}

describe('Huber', () => {
  test('is a parabola up to delta and a line beyond, on both sides', () => {
    const values = huber(tf.tensor1d([0, 0.2, -0.5, 1, -3]), 0.5).dataSync()
    expectClose(values, [0, 0.02, 0.125, 0.5 * (1 - 0.25), 0.5 * (3 - 0.25)], CLOSE.float32)
  })

  test('has slope delta on the line', () => {
    const slope = tf
      .grad((x: tf.Tensor) => huber(x, 0.5))(tf.tensor1d([0.3, 4, -4]))
      .dataSync()
    expectClose(slope, [0.3, 0.5, -0.5], CLOSE.float32)
  })
})

describe('the loss of one value', () => {
  test('near the old one is that of its error', () => {
    const { loss, slope, mean } = lossOf({ value: 0.55, old: 0.5, wanted: 2 })
    expect(loss).toBeCloseTo(1.45 ** 2 / 2, 5)
    expect(slope).toBeCloseTo(-1.45 * 0.55, 5)
    expect(mean).toBeCloseTo(0.55, 6)
  })

  test('that has moved towards the return by more than the clip is that of the clipped one, without slope', () => {
    const { loss, slope } = lossOf({ value: 1, old: 0.5, wanted: 2 })
    expect(loss).toBeCloseTo((2 - 0.6) ** 2 / 2, 5)
    expect(slope).toBe(0)
  })

  test('that has moved away from the return is its own, and it is drawn back', () => {
    const { loss, slope } = lossOf({ value: 1, old: 0.5, wanted: 0 })
    expect(loss).toBeCloseTo(0.5, 5)
    expect(slope).toBeCloseTo(1, 5)
  })

  test('counts linearly from delta on', () => {
    expect(lossOf({ value: 3, old: 3, wanted: 0 }, 0.5).loss).toBeCloseTo(0.5 * (3 - 0.25), 5)
  })
})

test('samples are averaged', () => {
  const objective = criticObjective(plain, 1, 2, { clip: 0.1, huberDelta: 10 })
  const { loss } = objective.loss(
    { w: tf.scalar(1) },
    {
      inputs: tf.tensor2d([[1], [3]]),
      values: tf.tensor1d([1, 3]),
      returns: tf.tensor1d([0, 1]),
    },
  )
  expect(loss.dataSync()[0]).toBeCloseTo((0.5 + 2) / 2, 6)
})
