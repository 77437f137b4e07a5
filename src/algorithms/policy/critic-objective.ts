// The critic's loss (HARL's, method.md 4.3): the larger of the Huber losses of the value and of the value kept near the old
// one, on normalised returns.
import * as tf from '@tensorflow/tfjs-core'
import type { Objective } from '../../learning/objectives.ts'
import type { Critic } from '../../networks/critic.ts'

export interface CriticLossConfig {
  /** how far from the old value a new one still counts */
  clip: number
  /** where the loss turns from a square into a line */
  huberDelta: number
}

/** @param samples R, rows of a batch; @param inputs I, what the critic sees of a state */
export function criticObjective(
  critic: Critic,
  inputs: number,
  samples: number,
  { clip, huberDelta }: CriticLossConfig,
): Objective {
  const R = samples
  return {
    name: 'critic',
    parameters: critic.parameters,
    inputs: [
      { name: 'inputs', shape: [R, inputs] },
      { name: 'values', shape: [R] }, // of the critic when the batch was made
      { name: 'returns', shape: [R] }, // normalised, as are the values
    ],
    loss: (weights, { inputs: x, values: old, returns }) => {
      const value = critic.value(weights, x!)
      const near = tf.add(old!, tf.clipByValue(tf.sub(value, old!), -clip, clip))
      const losses = [value, near].map((v) => huber(tf.sub(returns!, v), huberDelta))
      return {
        loss: tf.mean(tf.maximum(losses[0]!, losses[1]!)) as tf.Scalar,
        metrics: { value_mean: tf.mean(value) as tf.Scalar },
      }
    },
  }
}

/** x^2 / 2 up to delta, then delta (|x| - delta / 2). */
export function huber(x: tf.Tensor, delta: number): tf.Tensor {
  const size = tf.abs(x)
  const square = tf.minimum(size, delta)
  return tf.add(tf.mul(0.5, tf.square(square)), tf.mul(delta, tf.sub(size, square)))
}
