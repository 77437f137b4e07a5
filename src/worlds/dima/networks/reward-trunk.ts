// The reward model's causal Transformer (minGPT) over two tokens a step. Attention is handed in, so that one definition
// serves the pass over a whole sequence and the step that continues a cached one.
import * as tf from '@tensorflow/tfjs-core'
import { HIDDEN } from '../../../networks/attention.ts'
import { gelu } from '../../../networks/functions.ts'
import type { ParameterList, Weights } from '../../../networks/layers.ts'

/** Causal mask, cut between segments: added to the scores, [1 or B, 1, T, T]. */
export function causalBias(steps: number, segments?: tf.Tensor): tf.Tensor {
  const tokens = 2 * steps
  const future = Array.from({ length: tokens * tokens }, (_, k) =>
    k % tokens > Math.floor(k / tokens) ? HIDDEN : 0,
  )
  const causal = tf.tensor(future, [1, 1, tokens, tokens])
  if (!segments) return causal
  const owner = tf.reshape(tf.stack([segments, segments], 2), [-1, tokens]) // [B, T]
  const same = tf.cast(tf.equal(tf.expandDims(owner, 2), tf.expandDims(owner, 1)), 'float32') // [B, T, T]
  return tf.add(causal, tf.expandDims(tf.mul(tf.sub(1, same), HIDDEN), 1))
}

/** Which slots of the cache are filled, two a step: one-hot position [B, H] -> 0 and 1 [B, 2(H-1)] */
export function cachedTokens(position: tf.Tensor): tf.Tensor {
  const horizon = position.shape[1]!
  const slots = 2 * (horizon - 1)
  const filled = Array.from({ length: horizon * slots }, (_, i) =>
    i % slots < 2 * Math.floor(i / slots) ? 1 : 0,
  )
  return tf.matMul(position as tf.Tensor2D, tf.tensor2d(filled, [horizon, slots]))
}

/** The cache of one trunk block: [B, M, slots, D] -> [B, slots, D] */
export function blockOf(cache: tf.Tensor, block: number): tf.Tensor {
  const [, , slots, width] = cache.shape as [number, number, number, number]
  return tf.reshape(tf.slice(cache, [0, block, 0, 0], [-1, 1, -1, -1]), [-1, slots, width])
}

/**
 * The mask of one more step, added to its scores: cached tokens that are not `visible` [B, slots] are hidden, and the
 * step's state token does not see its own action token. [B, 1, 2, slots + 2]
 */
export function stepBias(visible: tf.Tensor): tf.Tensor {
  const [batch, slots] = visible.shape as [number, number]
  const past = tf.reshape(tf.mul(tf.sub(1, visible), HIDDEN), [batch, 1, 1, slots])
  const own = tf.tensor4d([0, HIDDEN, 0, 0], [1, 1, 2, 2])
  const perQuery = tf.add(past, tf.zeros([1, 1, 2, 1]))
  return tf.concat([perQuery, tf.add(own, tf.zeros([batch, 1, 1, 1]))], 3)
}

/** Applies the dropout mask of a site, if there is one. */
export type Dropped = (site: string, x: tf.Tensor) => tf.Tensor
/** Attention of the block at a site: q, k, v [B, T, D], heads joined -> [B, T, D] */
export type Mix = (site: string, q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.Tensor
type TrunkBlock = (weights: Weights, x: tf.Tensor, mix: Mix, drop: Dropped) => tf.Tensor

/** minGPT's block: x + Attention(LN(x)), then x + MLP(LN(x)) with GELU and four times the width. */
export function trunkBlock(p: ParameterList, path: string, width: number): TrunkBlock {
  const norm1 = p.layerNorm(`${path}.norm1`, width)
  const qkv = p.linear(`${path}.qkv`, width, 3 * width)
  const out = p.linear(`${path}.out`, width, width)
  const norm2 = p.layerNorm(`${path}.norm2`, width)
  const expand = p.linear(`${path}.mlp.0`, width, 4 * width)
  const contract = p.linear(`${path}.mlp.1`, 4 * width, width)
  return (weights, x, mix, drop) => {
    const [q, k, v] = tf.split(qkv(weights, norm1(weights, x)), 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor]
    const y = tf.add(x, drop(`${path}.residual1`, out(weights, mix(`${path}.attention`, q, k, v))))
    const hidden = gelu(expand(weights, norm2(weights, y)))
    return tf.add(y, drop(`${path}.residual2`, contract(weights, hidden)))
  }
}
