// How far the denoiser's estimates of a step are off: each row at the noise level that was drawn for it, and the last rows, if
// `samplerShare` asks for them, at the levels of the plan `joint`, as a sampler comes to them: at the first from noise alone, at
// the second from the estimate of the first. Drawn noise is a true state's; a sampler's second level never sees one.
import * as tf from '@tensorflow/tfjs-core'
import { stopGradient } from '../../../networks/functions.ts'
import { type DenoiserInput, precondition } from '../networks/denoiser.ts'
import { noiseLevels } from '../serve/plan.ts'
import { SAMPLING } from './steps.ts'

/** What rows have at every noise level. */
export interface Rows {
  /** [B, S] the next states that are wanted */
  clean: tf.Tensor
  /** [B, L, S] */
  context: tf.Tensor
  /** [B, E] */
  embedding: tf.Tensor
  /** [B, 1] 0 where the target itself is padding */
  valid: tf.Tensor
}

export interface Disturbance {
  /** [B, S] standard normal */
  noise: tf.Tensor
  /** [B, 1] */
  sigma: tf.Tensor
}

export interface Errors {
  /** [B, S] of the next states, by the last level */
  estimate: tf.Tensor
  /** over the valid rows of every level, and how many they are */
  sum: tf.Tensor
  count: tf.Tensor
}

export interface Estimator {
  predict(input: DenoiserInput): tf.Tensor
  offsetNoise: number
  /** [S] adding up to 1 */
  entryWeights: tf.Tensor
}

/** @param sampled how many rows, the last, begin as a sampler does */
export function errorsOf(estimator: Estimator, rows: Rows, drawn: Disturbance, sampled: number): Errors {
  const { total } = precondition(drawn.sigma, estimator.offsetNoise)
  const disturbed = tf.add(rows.clean, tf.mul(drawn.noise, total))
  if (sampled === 0) return atLevel(estimator, rows, disturbed, drawn.sigma)
  const [first, second] = noiseLevels(SAMPLING.jointSteps, SAMPLING) as [number, number]
  const own = rows.clean.shape[0]! - sampled
  const head = (x: tf.Tensor) => tf.slice(x, [0], [own])
  const tail = (x: tf.Tensor) => tf.slice(x, [own], [sampled])
  const all = (sigma: number) => tf.fill([sampled, 1], sigma)
  const begun = tf.concat([head(disturbed), tf.mul(tail(drawn.noise), first)], 0)
  const once = atLevel(estimator, rows, begun, tf.concat([head(drawn.sigma), all(first)], 0))
  const keep = second / first // Euler's step from one level to the next
  const moved = tf.add(tf.mul(tail(begun), keep), tf.mul(tail(once.estimate), 1 - keep))
  const { clean, context, embedding, valid } = rows
  const same = { clean: tail(clean), context: tail(context), embedding: tail(embedding), valid: tail(valid) }
  const twice = atLevel(estimator, same, stopGradient(moved), all(second))
  return {
    estimate: tf.concat([head(once.estimate), twice.estimate], 0),
    sum: tf.add(once.sum, twice.sum),
    count: tf.add(once.count, twice.count),
  }
}

/** EDM's weights: the error of the raw prediction, (clean - c_skip noisy) / c_out (method.md 2.5). */
function atLevel(
  { predict, offsetNoise, entryWeights }: Estimator,
  { clean, context, embedding, valid }: Rows,
  noisy: tf.Tensor,
  sigma: tf.Tensor,
): Errors {
  const { cSkip, cOut } = precondition(sigma, offsetNoise)
  const predicted = predict({ noisy, sigma, context, embedding })
  const target = tf.div(tf.sub(clean, tf.mul(cSkip, noisy)), cOut)
  const errors = tf.sum(tf.mul(tf.squaredDifference(predicted, target), entryWeights), 1, true) // [B, 1]
  return {
    estimate: tf.add(tf.mul(cSkip, noisy), tf.mul(cOut, predicted)),
    sum: tf.sum(tf.mul(errors, valid)),
    count: tf.sum(valid),
  }
}
