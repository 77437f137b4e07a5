// A linear prediction beside the U-Net's. A state with more entries than the U-Net has channels does not fit through it: of two
// hands' 417 not even what stays as it is, nor the 52 that are the action itself. Of a Gaussian next state, whose mean is linear in
// what is known, the best estimate is that mean and the noisy state, entry by entry weighted by the noise level: these are its terms.
import * as tf from '@tensorflow/tfjs-core'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { type Init, type ParameterList, type Weights, zeros } from '../../../networks/layers.ts'

export interface LinearPath {
  /** What is added to the embedding of actions [B, L, N, A] under the mask [B, L, N], so that none is lost in it: [B, E]. */
  embed(weights: Weights, actions: tf.Tensor, mask: tf.Tensor): tf.Tensor
  /** known [B, L*S + E] (window and embedding), scaled noisy state [B, S], conditioning [B, E] -> [B, S]; 0 before any update. */
  predict(weights: Weights, known: tf.Tensor, noisy: tf.Tensor, conditioned: tf.Tensor): tf.Tensor
}

/** @param E width of an embedding and of what the network is conditioned on */
export function linearPath(
  p: ParameterList,
  path: string,
  { context: L, agents: N, action: A, state: S }: Dimensions,
  E: number,
): LinearPath {
  const count = L * N
  const actions = p.linear(`${path}.actions`, count * A, E, { bias: false })
  const mean = p.add(`${path}.mean.weight`, [L * S + E, S], standsStill(L, S), true)
  const gains = p.add(`${path}.gains.weight`, [E, 2 * S], zeros, true)
  const bias = p.add(`${path}.gains.bias`, [2 * S], zeros)
  return {
    embed: (weights, given, mask) => {
      const seen = tf.mul(tf.reshape(given, [-1, count, A]), tf.reshape(mask, [-1, count, 1]))
      return actions(weights, tf.reshape(seen, [-1, count * A]))
    },
    predict: (weights, known, noisy, conditioned) => {
      const expected = tf.matMul(known as tf.Tensor2D, weights[mean] as tf.Tensor2D) // [B, S]
      const [a, b] = [conditioned as tf.Tensor2D, weights[gains] as tf.Tensor2D]
      const both = tf.fused.matMul({ a, b, bias: weights[bias]!, activation: 'linear' })
      const [ofMean, ofNoisy] = tf.split(both, 2, 1) as [tf.Tensor, tf.Tensor] // [B, S] each
      return tf.add(tf.mul(ofMean, expected), tf.mul(ofNoisy, noisy))
    },
  }
}

/** The newest state of the window as it is. */
const standsStill =
  (L: number, S: number): Init =>
  (_, values) => {
    for (let i = 0; i < S; i++) values[((L - 1) * S + i) * S + i] = 1
  }
