// Reward and termination: smooth L1 of the team reward and cross-entropy over {continue, end} (method.md 3).
import * as tf from '@tensorflow/tfjs-core'
import type { Objective } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { smoothL1 } from '../../../networks/functions.ts'
import { dropoutMasks, masksBySite } from '../networks/reward-dropout.ts'
import type { RewardModel } from '../networks/reward-model.ts'
import { type BatchSize, rewardInputs } from './reward-batch.ts'

export function rewardObjective(network: RewardModel, dims: Dimensions, size: BatchSize): Objective {
  const masks = dropoutMasks(dims, size.network, size.batch)
  return {
    name: 'reward',
    parameters: network.parameters,
    inputs: rewardInputs(dims, size),
    loss: (weights, inputs) => {
      const { states, actions, segments, rewards, ends } = inputs
      const predicted = network.predict(weights, {
        states: states!,
        actions: actions!,
        segments: segments!,
        dropout: masksBySite(masks, inputs, size.network),
      })
      const rewardLoss = tf.mean(smoothL1(predicted.rewards, rewards!)) as tf.Scalar
      const endLoss = crossEntropy(predicted.logits, ends!)
      return {
        loss: tf.add(rewardLoss, endLoss),
        metrics: { reward_smooth_l1: rewardLoss, termination_nll: endLoss },
      }
    },
  }
}

/** logits [B, H, 2] of {continue, end}, ends [B, H] of 0 and 1. */
function crossEntropy(logits: tf.Tensor, ends: tf.Tensor): tf.Scalar {
  const labels = tf.stack([tf.sub(1, ends), ends], 2)
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), 2))) as tf.Scalar
}
