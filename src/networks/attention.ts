// Multi-head attention, pre-norm with residual, as in the Perceiver (arXiv 2103.03206): no biases on q, k, v.
//
// Tokens of all rows stand one below the other, [B*T, D], as matrix products want them; only where tokens mix do they have
// the axes of rows, heads and tokens.
import * as tf from '@tensorflow/tfjs-core'
import type { Layer, ParameterList, Weights } from './layers.ts'

/** Added to the scores of hidden tokens: exp(-1e9) is exactly 0 in float32. */
export const HIDDEN = -1e9

/** Queries, keys and values side by side [B*T, 3*heads*width] -> [B, 1, heads, T, width] each. */
export function splitHeads(qkv: tf.Tensor, tokens: number, heads: number): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const apart = tf.reshape(qkv, [-1, tokens, 3, heads, qkv.shape[1]! / (3 * heads)])
  // One axis moves, which is faster than two, and the unit axis that is left of the split disturbs nobody.
  return tf.split(tf.transpose(apart, [0, 2, 3, 1, 4]), 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor]
}

/** softmax(q k' / sqrt(d) + bias) v of what `splitHeads` gives, with heads joined again: [B*T, heads*width]. */
export function attend(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, bias?: tf.Tensor, drop?: Drop): tf.Tensor {
  const [, , heads, , width] = q.shape as [number, number, number, number, number]
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width)) // [B, 1, heads, T, keys]
  const weights = tf.softmax(bias ? tf.add(scores, bias) : scores)
  const mixed = tf.matMul(drop ? drop(weights) : weights, v)
  return tf.reshape(tf.transpose(mixed, [0, 1, 3, 2, 4]), [-1, heads * width])
}

/** Multiplies by a dropout mask of the input's shape. */
export type Drop = (x: tf.Tensor) => tf.Tensor

/** x + Attention(LN(x)) among the `tokens` of each row: [B*T, D] -> [B*T, D]. */
export function selfAttention(
  p: ParameterList,
  path: string,
  width: number,
  heads: number,
  headWidth: number,
  tokens: number,
): Layer {
  const norm = p.layerNorm(`${path}.norm`, width)
  const [query, keyValue] = [`${path}.query`, `${path}.key_value`]
  p.linear(query, width, heads * headWidth, { bias: false })
  p.linear(keyValue, width, 2 * heads * headWidth, { bias: false })
  const out = p.linear(`${path}.out`, heads * headWidth, width)
  return (weights, x) => {
    const projection = tf.concat([weights[`${query}.weight`]!, weights[`${keyValue}.weight`]!], 1)
    const qkv = tf.matMul(norm(weights, x) as tf.Tensor2D, projection as tf.Tensor2D)
    return tf.add(x, out(weights, attend(...splitHeads(qkv, tokens, heads))))
  }
}

/** latents + Attention(LN(latents), LN(tokens)) with one head; hidden tokens (mask 0) get no weight. */
export function crossAttention(
  p: ParameterList,
  path: string,
  width: number,
  tokenWidth: number,
  headWidth: number,
) {
  const normLatents = p.layerNorm(`${path}.norm`, width)
  const normTokens = p.layerNorm(`${path}.norm_tokens`, tokenWidth)
  const query = p.linear(`${path}.query`, width, headWidth, { bias: false })
  const keyValue = p.linear(`${path}.key_value`, tokenWidth, 2 * headWidth, { bias: false })
  const out = p.linear(`${path}.out`, headWidth, width)
  /** latents [M, D], tokens [B*T, E], mask [B, T] -> [B*M, D] */
  return (weights: Weights, latents: tf.Tensor, tokens: tf.Tensor, mask: tf.Tensor): tf.Tensor => {
    const [batch, count] = mask.shape as [number, number]
    const [k, v] = tf.split(keyValue(weights, normTokens(weights, tokens)), 2, 1) as [tf.Tensor, tf.Tensor]
    const q = query(weights, normLatents(weights, latents)) // [M, headWidth], the same for every row
    // Scores as [B, T, M]: the shared queries make this one matrix product instead of B small ones.
    const scores = tf.mul(tf.matMul(k, q, false, true), headWidth ** -0.5)
    const hidden = tf.reshape(tf.mul(tf.sub(1, mask), HIDDEN), [batch, count, 1])
    const perLatent = tf.transpose(tf.add(tf.reshape(scores, [batch, count, -1]), hidden), [0, 2, 1]) // [B, M, T]
    const read = tf.matMul(tf.softmax(perLatent), tf.reshape(v, [batch, count, headWidth]))
    const given = tf.reshape(out(weights, tf.reshape(read, [-1, headWidth])), [batch, ...latents.shape])
    return tf.reshape(tf.add(latents, given), [-1, width])
  }
}
