// Functions with hand-written gradients: fewer nodes forward and backward than tfjs derives by itself.
import * as tf from '@tensorflow/tfjs-core'

/**
 * Optional kernel of a backend: inputs {x, gamma, beta}, attribute epsilon, outputs [y, mean, invStdDev]. It normalises
 * as many of the last axes as gamma has.
 */
const FUSED_LAYER_NORM = 'LayerNormalization'
const EPSILON = 1e-5

/** x * sigmoid(x); derivative s + y (1 - s). */
export const silu = tf.customGrad((x, save) => {
  const s = tf.sigmoid(x as tf.Tensor)
  const value = tf.mul(x as tf.Tensor, s)
  ;(save as tf.GradSaveFunc)([value, s])
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, sigmoid] = saved as [tf.Tensor, tf.Tensor]
      return tf.mul(dy, tf.add(sigmoid, tf.mul(y, tf.sub(1, sigmoid))))
    },
  }
}) as (x: tf.Tensor) => tf.Tensor

/** x above 0, exp(x) - 1 below (Clevert et al., arXiv 1511.07289); derivative 1, or the value plus 1. */
export const elu = tf.customGrad((x, save) => {
  const below = tf.sub(tf.exp(tf.minimum(x as tf.Tensor, 0)), 1) // in (-1, 0]
  ;(save as tf.GradSaveFunc)([below])
  return {
    value: tf.add(tf.relu(x as tf.Tensor), below),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.add(saved[0]!, 1)),
  }
}) as (x: tf.Tensor) => tf.Tensor

/**
 * Exact GELU, x Phi(x), written so that engines know it; derivative Phi(x) + x phi(x) (Hendrycks and Gimpel, arXiv
 * 1606.08415).
 */
export const gelu = tf.customGrad((x, save) => {
  const root = tf.div(x as tf.Tensor, Math.SQRT2)
  const twice = tf.add(1, tf.erf(root)) // 2 Phi(x)
  ;(save as tf.GradSaveFunc)([root, twice])
  return {
    value: tf.mul(tf.mul(x as tf.Tensor, twice), 0.5),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [r, doubled] = saved as [tf.Tensor, tf.Tensor]
      // r / exp(r²) is zero, as it should be, where the exponential is infinite
      const slope = tf.mul(tf.div(r, tf.exp(tf.mul(r, r))), 2 / Math.sqrt(Math.PI)) // 2 x phi(x)
      return tf.mul(dy, tf.mul(tf.add(doubled, slope), 0.5))
    },
  }
}) as (x: tf.Tensor) => tf.Tensor

/** The last axes of `x`, as many as `parameter` has. */
const lastAxes = (x: tf.Tensor, parameter: tf.Tensor): number[] =>
  parameter.shape.map((_, i) => x.rank - parameter.rank + i)

function normaliseForward(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor[] {
  if (tf.getKernel(FUSED_LAYER_NORM, tf.getBackend())) {
    return tf.engine().runKernel(FUSED_LAYER_NORM, { x, gamma, beta }, { epsilon: EPSILON }) as tf.Tensor[]
  }
  const axes = lastAxes(x, gamma)
  const mean = tf.mean(x, axes, true)
  const centred = tf.sub(x, mean)
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), axes, true), EPSILON))
  return [tf.add(tf.mul(tf.mul(centred, inverse), gamma), beta), mean, inverse]
}

/** Of normalised values and what comes back to them: the gradient of the normalisation by its input. */
function normaliseBackward(normalised: tf.Tensor, inverse: tf.Tensor, dy: tf.Tensor, axes: number[]) {
  const along = tf.mul(normalised, tf.mean(tf.mul(dy, normalised), axes, true))
  return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, axes, true)), along), inverse)
}

/** (x - mean) / sqrt(var + 1e-5) * gamma + beta over the last axes, those of gamma and beta. x [..., D], gamma [D]. */
export const layerNormalise = tf.customGrad((x, gamma, beta, save) => {
  const [value, mean, inverse] = normaliseForward(x as tf.Tensor, gamma as tf.Tensor, beta as tf.Tensor)
  ;(save as unknown as tf.GradSaveFunc)([x as tf.Tensor, gamma as tf.Tensor, mean!, inverse!])
  return {
    value: value!,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [z, scale, mu, inv] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
      const axes = lastAxes(z, scale)
      const rest = z.shape.slice(0, axes[0]).map((_, axis) => axis)
      const normalised = tf.mul(tf.sub(z, mu), inv)
      const dx = normaliseBackward(normalised, inv, tf.mul(dy, scale), axes)
      return [dx, tf.sum(tf.mul(dy, normalised), rest), tf.sum(dy, rest)]
    },
  }
}) as (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor

/** (x - mean) / sqrt(var + 1e-5) over the last `count` axes: what it gives is all that its gradient needs. */
export const standardise = (x: tf.Tensor, count: number): tf.Tensor => {
  const shape = x.shape.slice(-count)
  const [gamma, beta] = [tf.ones(shape), tf.zeros(shape)]
  return tf.customGrad((z, save) => {
    const [value, , inverse] = normaliseForward(z as tf.Tensor, gamma, beta)
    ;(save as tf.GradSaveFunc)([value!, inverse!])
    return {
      value: value!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [y, inv] = saved as [tf.Tensor, tf.Tensor]
        return normaliseBackward(y, inv, dy, lastAxes(y, gamma))
      },
    }
  })(x)
}

/** Rounds to the nearest integer; the gradient passes straight through (Bengio et al., arXiv 1308.3432). */
export const roundStraightThrough = tf.customGrad((x) => ({
  value: tf.round(x as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => dy,
})) as (x: tf.Tensor) => tf.Tensor

/** The value with no gradient: tfjs has no stopGradient of its own. */
export const stopGradient = tf.customGrad((x) => ({
  value: tf.clone(x as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
})) as (x: tf.Tensor) => tf.Tensor

/** e²/2 of the error up to |e| = 1, |e| - 1/2 beyond: q (|e| - q/2) with q = min(|e|, 1). */
export function smoothL1(predicted: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const error = tf.abs(tf.sub(predicted, target))
  const capped = tf.minimum(error, 1)
  return tf.mul(capped, tf.sub(error, tf.mul(capped, 0.5)))
}
