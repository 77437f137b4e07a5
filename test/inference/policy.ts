// A policy small enough to read: one layer from what an agent observes to the mean and spread of its action.
import * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../../src/common/parameters.ts'
import type { Actor } from '../../src/networks/actor.ts'
import type { Dimensions } from '../../src/networks/dimensions.ts'

/** Waves, so that the small differences that an untrained decoder shows matter; some means lie past [-1, 1]. */
export function tinyPolicy({ agents: N, action: A, observation: O }: Dimensions): Actor {
  const weight = (name: string): Parameter => ({
    name,
    shape: [O, A],
    decay: true,
    init: (rng, values) => values.set(rng.normals(values.length).map((x) => 5 * x)),
  })
  const perAgent = (x: tf.Tensor) => tf.reshape(x, [-1, N, A])
  return {
    parameters: [weight('mean.weight'), weight('std.weight')],
    act: (weights, observations) => {
      const seen = tf.reshape(observations, [-1, O]) as tf.Tensor2D
      const layer = (name: string) => perAgent(tf.matMul(seen, weights[`${name}.weight`] as tf.Tensor2D))
      return { mean: tf.mul(1.3, tf.sin(layer('mean'))), std: tf.mul(0.5, tf.sigmoid(layer('std'))) }
    },
  }
}
