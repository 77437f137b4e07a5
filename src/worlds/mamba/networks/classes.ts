// Classes that are drawn by uniform numbers, which are inputs: a graph stays a function. R rows, K classes.
import * as tf from '@tensorflow/tfjs-core'

/** The number of the class that a uniform number falls on: how many cumulative probabilities it is not below. [R, K], [R] -> [R] */
export function drawClasses(probabilities: tf.Tensor, uniforms: tf.Tensor): tf.Tensor {
  const K = probabilities.shape[1]!
  const upTo = Float32Array.from({ length: K * (K - 1) }, (_, i) =>
    Math.floor(i / (K - 1)) <= i % (K - 1) ? 1 : 0,
  )
  const cumulative = tf.matMul(probabilities as tf.Tensor2D, tf.tensor2d(upTo, [K, K - 1])) // all but the last, which is 1
  const passed = tf.lessEqual(cumulative, tf.reshape(uniforms, [-1, 1]))
  return tf.sum(tf.cast(passed, 'float32'), 1)
}

/** Numbers of classes [..., C] -> [..., C * K]: 1 at each number; -1 is no class, and gives zeros. */
export function oneHot(numbers: tf.Tensor, K: number): tf.Tensor {
  const classes = tf.tensor1d(Float32Array.from({ length: K }, (_, k) => k))
  const hot = tf.cast(tf.equal(tf.expandDims(numbers, -1), classes), 'float32') // [..., C, K]
  return tf.reshape(hot, [...numbers.shape.slice(0, -1), numbers.shape.at(-1)! * K])
}

/** The class that was drawn as ones and zeros; the gradient goes to the probabilities as they are (arXiv 1308.3432). [R, K] */
export const drawStraightThrough = tf.customGrad((probabilities, uniforms, save) => {
  const p = probabilities as tf.Tensor
  ;(save as unknown as tf.GradSaveFunc)([uniforms as tf.Tensor])
  return {
    value: oneHot(tf.expandDims(drawClasses(p, uniforms as tf.Tensor), -1), p.shape[1]!),
    gradFunc: (dy: tf.Tensor, [drawnBy]: tf.Tensor[]) => [dy, tf.zerosLike(drawnBy!)],
  }
}) as (probabilities: tf.Tensor, uniforms: tf.Tensor) => tf.Tensor
