// The actions' distribution: independent Gaussians, not squashed (method.md 4.1), in tfjs for losses and in plain numbers.
import * as tf from '@tensorflow/tfjs-core'

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI)

/** Log-density of actions, summed over their entries: [..., A] -> [...]. */
export function logProbability(actions: tf.Tensor, mean: tf.Tensor, std: tf.Tensor): tf.Tensor {
  const z = tf.div(tf.sub(actions, mean), std)
  const perEntry = tf.add(tf.add(tf.mul(0.5, tf.square(z)), tf.log(std)), HALF_LOG_2PI)
  return tf.neg(tf.sum(perEntry, -1))
}

/** Entropy summed over the entries: [..., A] -> [...]. */
export const entropy = (std: tf.Tensor): tf.Tensor => tf.sum(tf.add(tf.log(std), HALF_LOG_2PI + 0.5), -1)
