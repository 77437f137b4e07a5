// The functions with hand-written gradients, against what tfjs derives from plain operations.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  gelu,
  layerNormalise,
  roundStraightThrough,
  silu,
  stopGradient,
} from '../../src/networks/functions.ts'
import { CLOSE, expectClose } from '../common/close.ts'
import { randomTensor, useCpu } from '../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

type Function = (...inputs: tf.Tensor[]) => tf.Tensor

const cases: Record<string, { ours: Function; plain: Function; inputs: () => tf.Tensor[] }> = {
  silu: {
    ours: (x) => silu(x!),
    plain: (x) => tf.mul(x!, tf.sigmoid(x!)),
    inputs: () => [tf.mul(randomTensor([5, 7], 'x'), 3)],
  },
  gelu: {
    ours: (x) => gelu(x!),
    plain: (x) => tf.mul(tf.mul(0.5, x!), tf.add(1, tf.erf(tf.div(x!, Math.SQRT2)))),
    inputs: () => [tf.mul(randomTensor([5, 7], 'x'), 2)],
  },
  layerNormalise: {
    ours: (x, gamma, beta) => layerNormalise(x!, gamma!, beta!),
    plain: (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x!, -1, true)
      return tf.add(tf.mul(tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, 1e-5))), gamma!), beta!)
    },
    inputs: () => [
      tf.add(randomTensor([2, 3, 6], 'x'), 2),
      randomTensor([6], 'gamma'),
      randomTensor([6], 'beta'),
    ],
  },
}

describe.each(Object.entries(cases))('%s', (_, { ours, plain, inputs }) => {
  test('has the value and the gradients of its definition', () => {
    const xs = inputs()
    const dy = randomTensor(xs[0]!.shape, 'dy')
    expectClose(ours(...xs).dataSync(), plain(...xs).dataSync(), CLOSE.float32)
    const gradients = (f: Function) => tf.grads((...args) => tf.sum(tf.mul(f(...args), dy)))(xs)
    const [actual, expected] = [gradients(ours), gradients(plain)]
    for (const [i, { shape }] of xs.entries()) {
      expect(actual[i]!.shape).toEqual(shape)
      expectClose(actual[i]!.dataSync(), expected[i]!.dataSync(), CLOSE.float32)
    }
  })

  test('has the slope of a finite difference', () => {
    const [x, ...rest] = inputs()
    const f = (t: tf.Tensor) => tf.sum(tf.mul(ours(t, ...rest), randomTensor(x!.shape, 'dy'))).dataSync()[0]!
    const along = randomTensor(x!.shape, 'direction')
    const gradient = tf.grad((t) => tf.sum(tf.mul(ours(t!, ...rest), randomTensor(x!.shape, 'dy'))))(x!)
    const [up, down] = [f(tf.add(x!, tf.mul(along, 1e-2))), f(tf.sub(x!, tf.mul(along, 1e-2)))]
    expectClose([tf.sum(tf.mul(gradient, along)).dataSync()[0]!], [(up - down) / 2e-2], {
      atol: 5e-3,
      rtol: 5e-3,
    })
  })
})

test('the slope of gelu stays a number where the exponential in it does not', () => {
  const slope = tf.grad((x) => tf.sum(gelu(x)))(tf.tensor1d([-60, -14, 14, 60]))
  expectClose(slope.dataSync(), [0, 0, 1, 1], CLOSE.float32)
})

test('gelu is exact, not the tanh approximation', () => {
  expectClose(
    gelu(tf.tensor1d([-3, -1, 0, 1, 3])).dataSync(),
    [-0.0040497, -0.1586553, 0, 0.8413447, 2.9959503],
    CLOSE.float32,
  )
})

test('roundStraightThrough rounds, and passes the gradient on', () => {
  const x = tf.tensor1d([-1.6, -0.4, 0.4, 0.6, 2.2])
  expect(Array.from(roundStraightThrough(x).dataSync(), (v) => v + 0)).toEqual([-2, 0, 0, 1, 2])
  const gradient = tf.grad((t) => tf.sum(tf.mul(roundStraightThrough(t), tf.tensor1d([1, 2, 3, 4, 5]))))(x)
  expect([...gradient.dataSync()]).toEqual([1, 2, 3, 4, 5])
})

test('stopGradient keeps the value and stops the gradient', () => {
  const x = tf.tensor1d([1, 2, 3])
  expect([...stopGradient(x).dataSync()]).toEqual([1, 2, 3])
  const gradient = tf.grad((t) => tf.sum(tf.mul(stopGradient(t), t)))(x)
  expect([...gradient.dataSync()]).toEqual([1, 2, 3])
})
