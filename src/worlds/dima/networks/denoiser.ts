// The diffusion dynamics model D(x; sigma, context, actions): estimates the clean next state from a noisy one.
// Preconditioning after EDM (Karras et al., arXiv 2206.00364) with offset noise (method.md 2.3); x is sigma_d times
// the normalised state.
import * as tf from '@tensorflow/tfjs-core'
import { Rng } from '../../../common/rng.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { ParameterList, sequence, siluLayer, type Weights } from '../../../networks/layers.ts'
import { actionEncoder } from './action-encoder.ts'
import { linearPath } from './linear-path.ts'
import { type DenoiserConfig, SIGMA_DATA } from './presets.ts'
import { type UnrolledUNet, unet } from './unet.ts'

/** Standard deviation of the offset noise unless a configuration says another: a bound on the total noise (method.md 2.3). */
export const OFFSET_NOISE = 0.3

/** EDM's factors for noise levels sigma [B, 1]; each result [B, 1]. `total` is sqrt(sigma² + delta²). */
export function precondition(sigma: tf.Tensor, offsetNoise = OFFSET_NOISE) {
  const square = tf.add(tf.square(sigma), offsetNoise ** 2)
  const variance = tf.add(square, SIGMA_DATA ** 2)
  const total = tf.sqrt(square)
  return {
    total,
    cIn: tf.rsqrt(variance),
    cSkip: tf.div(SIGMA_DATA ** 2, variance),
    cOut: tf.mul(tf.mul(total, SIGMA_DATA), tf.rsqrt(variance)),
    cNoise: tf.mul(tf.log(total), 0.25),
  }
}

/** Random Fourier features of the noise level: a fixed buffer, the same in every model. [B, 1] -> [B, width] */
function fourier(cNoise: tf.Tensor, width: number): tf.Tensor {
  const frequencies = tf.tensor2d(new Rng('fourier features').normals(width / 2), [1, width / 2])
  const angle = tf.matMul(cNoise as tf.Tensor2D, tf.mul(frequencies, 2 * Math.PI) as tf.Tensor2D)
  return tf.concat([tf.cos(angle), tf.sin(angle)], 1)
}

export interface DenoiserInput {
  /** [B, S] noisy next state */
  noisy: tf.Tensor
  /** [B, 1] */
  sigma: tf.Tensor
  /** [B, L, S] clean states before it, oldest first */
  context: tf.Tensor
  /** [B, E] of `embedActions` */
  embedding: tf.Tensor
}

export interface Denoiser {
  parameters: ParameterList['all']
  /** delta; whoever trains the network needs the same preconditioning */
  offsetNoise: number
  /** actions [B, L, N, A], mask [B, L, N] -> [B, E]; depends on neither the sample nor the noise level. */
  embedActions(weights: Weights, actions: tf.Tensor, mask: tf.Tensor): tf.Tensor
  /** The U-Net's convolutions, which predictions with the same weights may share. */
  unroll(weights: Weights): UnrolledUNet
  /** The network's raw prediction F [B, S]. */
  predict(weights: Weights, input: DenoiserInput, unrolled?: UnrolledUNet): tf.Tensor
  /** The estimate of the clean next state D = c_skip x + c_out F, [B, S]. */
  denoise(weights: Weights, input: DenoiserInput): tf.Tensor
}

export function createDenoiser(dims: Dimensions, config: DenoiserConfig): Denoiser {
  const p = new ParameterList()
  const { conditioning, offsetNoise = OFFSET_NOISE } = config
  const encode = actionEncoder(p, 'actions', dims, config.encoder, conditioning)
  const condition = sequence(
    p.linear('condition.0', conditioning, conditioning),
    siluLayer,
    p.linear('condition.1', conditioning, conditioning),
  )
  const net = unet(p, 'unet', dims.state, config)
  const linear = config.linearPath ? linearPath(p, 'linear', dims, conditioning) : undefined

  const predict: Denoiser['predict'] = (weights, input, unrolled = net.unroll(weights)) => {
    const { noisy, sigma, context, embedding } = input
    const { cIn, cNoise } = precondition(sigma, offsetNoise)
    const window = tf.reshape(context, [-1, dims.context * dims.state])
    const scaled = tf.mul(noisy, cIn)
    const conditioned = condition(weights, tf.add(fourier(cNoise, conditioning), embedding))
    const predicted = net.predict(weights, unrolled, tf.concat([window, scaled], 1), conditioned)
    if (!linear) return predicted
    const known = tf.concat([window, embedding], 1)
    return tf.add(predicted, linear.predict(weights, known, scaled, conditioned))
  }
  return {
    parameters: p.all,
    offsetNoise,
    embedActions: (weights, actions, mask) => {
      const encoded = encode(weights, actions, mask)
      return linear ? tf.add(encoded, linear.embed(weights, actions, mask)) : encoded
    },
    unroll: net.unroll,
    predict,
    denoise: (weights, input) => {
      const { cSkip, cOut } = precondition(input.sigma, offsetNoise)
      return tf.add(tf.mul(cSkip, input.noisy), tf.mul(cOut, predict(weights, input)))
    },
  }
}
