// The optimiser in tfjs ops: clipping by global norm, then AdamW.
// Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101; order and formulas as in torch.optim.AdamW and
// torch.nn.utils.clip_grad_norm_.
import * as tf from '@tensorflow/tfjs-core'

export const BETA1 = 0.9
export const BETA2 = 0.999
export const EPSILON = 1e-8

/** The norm over all gradients together. */
export const globalNorm = (gradients: tf.Tensor[]): tf.Scalar =>
  tf.sqrt(tf.sum<tf.Scalar>(tf.stack(gradients.map((gradient) => tf.sum(tf.square(gradient))))))

/** What gradients are multiplied with so that their norm is at most `clipNorm`. */
export const clipScale = (norm: tf.Scalar, clipNorm: number): tf.Scalar =>
  tf.minimum(1, tf.div(clipNorm, tf.add(norm, 1e-6)))

export interface Moments {
  /** Parameters, first and second moment: the same shape. */
  p: tf.Tensor
  m: tf.Tensor
  v: tf.Tensor
}

/** Scalars of one step; those that change from step to step are tensors so that they can be graph inputs. */
export interface Rates {
  learningRate: tf.Tensor
  /** 1 - BETA1^t and 1 - BETA2^t at step t = 1, 2, ... */
  biasCorrection1: tf.Tensor
  biasCorrection2: tf.Tensor
  /** Left out where no decay applies. */
  weightDecay?: tf.Tensor
  /** added to the root of the second moment */
  epsilon?: number
}

/**
 * p <- p - lr wd p - lr/c1 m / (sqrt(v)/sqrt(c2) + eps), with c1, c2 the bias corrections. sqrt(c2) is moved into the
 * scalars, which saves one pass over the bucket.
 */
export function adamw({ p, m, v }: Moments, gradient: tf.Tensor, rates: Rates): Moments {
  const { learningRate, biasCorrection1, biasCorrection2, weightDecay, epsilon = EPSILON } = rates
  const nextM = tf.add(tf.mul(m, BETA1), tf.mul(gradient, 1 - BETA1))
  const nextV = tf.add(tf.mul(v, BETA2), tf.mul(tf.square(gradient), 1 - BETA2))
  const root = tf.sqrt(biasCorrection2)
  const rate = tf.div(tf.mul(learningRate, root), biasCorrection1)
  const direction = tf.div(nextM, tf.add(tf.sqrt(nextV), tf.mul(root, epsilon)))
  const decayed = weightDecay ? tf.mul(p, tf.sub(1, tf.mul(learningRate, weightDecay))) : p
  return { p: tf.sub(decayed, tf.mul(rate, direction)), m: nextM, v: nextV }
}
