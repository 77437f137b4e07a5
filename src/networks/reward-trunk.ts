// The reward model's causal Transformer (minGPT) over two tokens a step. Attention is handed in, so that one definition
// serves the pass over a whole sequence and the step that continues a cached one.
import * as tf from '@tensorflow/tfjs-core'
import { HIDDEN, splitHeads } from './attention.ts'
import { gelu } from './functions.ts'
import type { ParameterList, Weights } from './layers.ts'

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

/**
 * The mask of one more step, added to its scores: its state token sees no action token of its own step, and steps of
 * the cache that are not `visible` [B, steps] (before a reset) are hidden. [B, 1, 2, 2 * steps + 2]
 */
export function stepBias(visible: tf.Tensor): tf.Tensor {
  const [batch, steps] = visible.shape as [number, number]
  const own = tf.add(tf.tensor4d([0, HIDDEN, 0, 0], [1, 1, 2, 2]), tf.zeros([batch, 1, 1, 1]))
  if (steps === 0) return own
  const pairs = tf.reshape(tf.stack([visible, visible], 2), [batch, 1, 1, 2 * steps])
  const past = tf.add(tf.mul(tf.sub(1, pairs), HIDDEN), tf.zeros([1, 1, 2, 1]))
  return tf.concat([past, own], 3)
}

/** Applies the dropout mask of a site, if there is one. */
export type Dropped = (site: string, x: tf.Tensor) => tf.Tensor
/** Attention of the block at a site: q, k, v [B, heads, T, width] -> [B, T, heads * width] */
export type Mix = (site: string, q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.Tensor
type TrunkBlock = (weights: Weights, x: tf.Tensor, mix: Mix, drop: Dropped) => tf.Tensor

/** minGPT's block: x + Attention(LN(x)), then x + MLP(LN(x)) with GELU and four times the width. */
export function trunkBlock(p: ParameterList, path: string, width: number, heads: number): TrunkBlock {
  const norm1 = p.layerNorm(`${path}.norm1`, width)
  const qkv = p.linear(`${path}.qkv`, width, 3 * width)
  const out = p.linear(`${path}.out`, width, width)
  const norm2 = p.layerNorm(`${path}.norm2`, width)
  const expand = p.linear(`${path}.mlp.0`, width, 4 * width)
  const contract = p.linear(`${path}.mlp.1`, 4 * width, width)
  return (weights, x, mix, drop) => {
    const heads3 = tf.split(qkv(weights, norm1(weights, x)), 3, -1).map((t) => splitHeads(t, heads))
    const [q, k, v] = heads3 as [tf.Tensor, tf.Tensor, tf.Tensor]
    const y = tf.add(x, drop(`${path}.residual1`, out(weights, mix(`${path}.attention`, q, k, v))))
    const hidden = gelu(expand(weights, norm2(weights, y)))
    return tf.add(y, drop(`${path}.residual2`, contract(weights, hidden)))
  }
}
