// The state decoder learns to reproduce all agents' observations from the normalised state: mean absolute error
// (method.md 1).
import * as tf from '@tensorflow/tfjs-core'
import type { Objective } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import type { StateDecoder } from '../networks/state-decoder.ts'
import { decoderInputs } from './decoder-batch.ts'

export const decoderObjective = (
  network: StateDecoder,
  dims: Dimensions,
  size: { batch: number },
): Objective => ({
  name: 'decoder',
  parameters: network.parameters,
  inputs: decoderInputs(dims, size),
  loss: (weights, { states, observations }) => {
    const error = tf.sub(network.decode(weights, states!), observations!)
    const squared = tf.mean(tf.square(error)) as tf.Scalar
    return { loss: tf.mean(tf.abs(error)) as tf.Scalar, metrics: { squared_error: squared } }
  },
})
