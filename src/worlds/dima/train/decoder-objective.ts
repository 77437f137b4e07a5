// The state decoder learns to reproduce all agents' observations from the normalised state: mean absolute error
// (method.md 1).
import * as tf from '@tensorflow/tfjs-core'
import { sum } from '../../../common/statistics.ts'
import type { Objective } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import type { StateDecoder } from '../networks/state-decoder.ts'
import { decoderInputs } from './decoder-batch.ts'

/** A mean over all entries, padding without error among them, as that over what agents see. */
function ofOwn(mean: tf.Scalar, { agents: N, observation: O, forms = [] }: Dimensions): tf.Scalar {
  const own = sum(forms.map(({ observed }) => observed))
  return own > 0 && own < N * O ? (tf.mul(mean, (N * O) / own) as tf.Scalar) : mean
}

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
    const squared = ofOwn(tf.mean(tf.square(error)) as tf.Scalar, dims)
    return { loss: ofOwn(tf.mean(tf.abs(error)) as tf.Scalar, dims), metrics: { squared_error: squared } }
  },
})
