// The critic's loss: half the squared error of every agent's value, in the units of the reward (docs/mamba.md).
import * as tf from '@tensorflow/tfjs-core'
import type { Objective } from '../../learning/objectives.ts'
import type { LatentCritic } from '../../worlds/mamba/networks/latent-policy.ts'
import { type LatentSizes, latentWidth } from '../../worlds/mamba/networks/presets.ts'

/** @param samples R, rows of a batch, of N agents */
export const criticObjective = (
  critic: LatentCritic,
  N: number,
  sizes: LatentSizes,
  samples: number,
): Objective => ({
  name: 'critic',
  parameters: critic.parameters,
  inputs: [
    { name: 'latents', shape: [samples, N, latentWidth(sizes)] },
    { name: 'returns', shape: [samples, N] },
  ],
  loss: (weights, { latents, returns }) => {
    const values = critic.value(weights, latents!)
    const error = tf.squaredDifference(values, returns!)
    return {
      loss: tf.mul(0.5, tf.mean(error)) as tf.Scalar,
      metrics: { value_mean: tf.mean(values) as tf.Scalar },
    }
  },
})
