// The distribution that actions are drawn from (common/gaussian-draw.ts), in tfjs: for losses.
import * as tf from '@tensorflow/tfjs-core'
import { HALF_LOG_2PI } from '../../common/gaussian-draw.ts'

/** Log-density of actions, summed over their entries: [..., A] -> [...]. */
export function logProbability(actions: tf.Tensor, mean: tf.Tensor, std: tf.Tensor): tf.Tensor {
  const z = tf.div(tf.sub(actions, mean), std)
  const perEntry = tf.add(tf.add(tf.mul(0.5, tf.square(z)), tf.log(std)), HALF_LOG_2PI)
  return tf.neg(tf.sum(perEntry, -1))
}

/** Entropy summed over the entries: [..., A] -> [...]. */
export const entropy = (std: tf.Tensor): tf.Tensor => tf.sum(tf.add(tf.log(std), HALF_LOG_2PI + 0.5), -1)
