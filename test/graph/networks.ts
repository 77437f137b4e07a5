// Small networks for the tests of the graph compiler.
import * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../../src/common/parameters.ts'
import type { Tensors } from '../../src/graph/trace.ts'
import type { TrainStepOptions } from '../../src/graph/train-step.ts'

const EPSILON = 1e-5

const normal = (name: string, shape: number[], decay: boolean): Parameter => ({
  name,
  shape,
  decay,
  init: (rng, values) => values.set(rng.normals(values.length).map((x) => 0.5 * x)),
})

const ones = (name: string, shape: number[]): Parameter => ({
  name,
  shape,
  decay: false,
  init: (_, values) => void values.fill(1),
})

/** Linear 4-8, layer norm, relu, linear 8-3: decayed weights, the rest not. */
export const mlpParameters = (): Parameter[] => [
  normal('in.weight', [4, 8], true),
  normal('in.bias', [8], false),
  ones('norm.gamma', [8]),
  normal('norm.beta', [8], false),
  normal('out.weight', [8, 3], true),
  normal('out.bias', [3], false),
]

export function mlpForward(weights: Tensors, x: tf.Tensor): tf.Tensor {
  const hidden = tf.add(tf.matMul(x as tf.Tensor2D, weights['in.weight'] as tf.Tensor2D), weights['in.bias']!)
  const { mean, variance } = tf.moments(hidden, -1, true) // [B, 1]
  const normalised = tf.mul(tf.sub(hidden, mean), tf.rsqrt(tf.add(variance, EPSILON))) // [B, 8]
  const active = tf.relu(tf.add(tf.mul(normalised, weights['norm.gamma']!), weights['norm.beta']!))
  return tf.add(tf.matMul(active as tf.Tensor2D, weights['out.weight'] as tf.Tensor2D), weights['out.bias']!)
}

export const mlp = (batch: number): TrainStepOptions & { parameters: Parameter[] } => ({
  name: 'mlp',
  parameters: mlpParameters(),
  inputs: [
    { name: 'x', shape: [batch, 4] },
    { name: 'target', shape: [batch, 3] },
  ],
  clipNorm: 1,
  loss: (weights, { x, target }) => {
    const error = tf.sub(mlpForward(weights, x!), target!)
    return { loss: tf.mean(tf.square(error)), metrics: { mean_error: tf.mean(tf.abs(error)) } }
  },
})
