// Multi-head attention, pre-norm with residual, as in the Perceiver (arXiv 2103.03206): no biases on q, k, v.
import * as tf from '@tensorflow/tfjs-core'
import type { Layer, ParameterList, Weights } from './layers.ts'

/** Added to the scores of hidden tokens: exp(-1e9) is exactly 0 in float32. */
export const HIDDEN = -1e9

/** [B, T, heads*width] -> [B, heads, T, width] */
export function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number]
  return tf.transpose(tf.reshape(x, [batch, tokens, heads, width / heads]), [0, 2, 1, 3])
}

/** softmax(q k' / sqrt(d) + bias) v with heads joined again: [B, T, heads*width]. */
export function attend(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, bias?: tf.Tensor, drop?: Drop): tf.Tensor {
  const [batch, heads, tokens, width] = q.shape as [number, number, number, number]
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width)) // [B, heads, T, keys]
  const weights = tf.softmax(bias ? tf.add(scores, bias) : scores)
  const mixed = tf.matMul(drop ? drop(weights) : weights, v)
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, tokens, heads * width])
}

/** Multiplies by a dropout mask of the input's shape. */
export type Drop = (x: tf.Tensor) => tf.Tensor

/** x + Attention(LN(x)) over the tokens of one sequence: [B, T, D] -> [B, T, D]. */
export function selfAttention(
  p: ParameterList,
  path: string,
  width: number,
  heads: number,
  headWidth: number,
): Layer {
  const norm = p.layerNorm(`${path}.norm`, width)
  const query = p.linear(`${path}.query`, width, heads * headWidth, { bias: false })
  const keyValue = p.linear(`${path}.key_value`, width, 2 * heads * headWidth, { bias: false })
  const out = p.linear(`${path}.out`, heads * headWidth, width)
  return (weights, x) => {
    const normed = norm(weights, x)
    const [k, v] = tf.split(keyValue(weights, normed), 2, -1) as [tf.Tensor, tf.Tensor]
    const q = splitHeads(query(weights, normed), heads)
    return tf.add(x, out(weights, attend(q, splitHeads(k, heads), splitHeads(v, heads))))
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
  /** latents [M, D], tokens [B, T, E], mask [B, T] -> [B, M, D] */
  return (weights: Weights, latents: tf.Tensor, tokens: tf.Tensor, mask: tf.Tensor): tf.Tensor => {
    const [batch, count] = tokens.shape as [number, number]
    const [k, v] = tf.split(keyValue(weights, normTokens(weights, tokens)), 2, -1) as [tf.Tensor, tf.Tensor]
    const q = query(weights, normLatents(weights, latents)) // [M, headWidth], the same for every row
    // Scores as [B, T, M]: the shared queries make this one matrix product instead of B small ones.
    const scores = tf.mul(
      tf.matMul(tf.reshape(k, [batch * count, headWidth]), q as tf.Tensor2D, false, true),
      headWidth ** -0.5,
    )
    const hidden = tf.reshape(tf.mul(tf.sub(1, mask), HIDDEN), [batch, count, 1])
    const perLatent = tf.transpose(tf.add(tf.reshape(scores, [batch, count, -1]), hidden), [0, 2, 1]) // [B, M, T]
    return tf.add(latents, out(weights, tf.matMul(tf.softmax(perLatent), v)))
  }
}
