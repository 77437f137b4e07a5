// Rewards as probabilities of bins (Imani and White 2018, arXiv 1806.04613: HL-Gauss), on a scale that is a logarithm far from zero.
// R rows.
import * as tf from '@tensorflow/tfjs-core'

export const REWARD_BINS = 128
/** Of the scale: rewards up to e^3 - 1. */
const LIMIT = 3
const BIN = (2 * LIMIT) / REWARD_BINS
/** Of the normal distribution that a reward becomes. */
const DEVIATION = 0.75 * BIN

/** sign(x) log(1 + |x|) */
const onScale = (x: tf.Tensor): tf.Tensor => tf.mul(tf.sign(x), tf.log(tf.add(1, tf.abs(x))))
const offScale = (x: tf.Tensor): tf.Tensor => tf.mul(tf.sign(x), tf.sub(tf.exp(tf.abs(x)), 1))

const points = (count: number, first: number): tf.Tensor =>
  tf.tensor1d(Float32Array.from({ length: count }, (_, i) => first + i * BIN))

/** What the head should say of rewards: [R] -> [R, REWARD_BINS]. */
export function rewardTargets(rewards: tf.Tensor): tf.Tensor {
  const y = tf.clipByValue(onScale(rewards), -LIMIT, LIMIT)
  const edges = points(REWARD_BINS + 1, -LIMIT)
  const below = tf.erf(tf.div(tf.sub(edges, tf.expandDims(y, 1)), Math.SQRT2 * DEVIATION)) // [R, bins + 1]
  const part = (from: number) => tf.slice(below, [0, from], [-1, REWARD_BINS])
  const mass = tf.sub(part(1), part(0))
  return tf.div(mass, tf.sum(mass, 1, true)) // what lies outside the bins counts for nothing
}

/** The reward that logits [R, REWARD_BINS] say. [R] */
export const expectedReward = (logits: tf.Tensor): tf.Tensor =>
  offScale(tf.sum(tf.mul(tf.softmax(logits), points(REWARD_BINS, -LIMIT + BIN / 2)), 1))
