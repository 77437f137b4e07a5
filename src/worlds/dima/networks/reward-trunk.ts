// The reward model's causal Transformer (minGPT) over two tokens a step. Attention is handed in, so that one definition
// serves the pass over a whole sequence and the step that continues a cached one.
import * as tf from '@tensorflow/tfjs-core'
import { HIDDEN } from '../../../networks/attention.ts'
import { gelu } from '../../../networks/functions.ts'
import type { ParameterList, Weights } from '../../../networks/layers.ts'

/** Causal mask, cut between segments: added to the scores, [1 or B, 1, 1, T, T]. */
export function causalBias(steps: number, segments?: tf.Tensor): tf.Tensor {
  const tokens = 2 * steps
  const future = Array.from({ length: tokens * tokens }, (_, k) =>
    k % tokens > Math.floor(k / tokens) ? HIDDEN : 0,
  )
  const causal = tf.tensor(future, [1, 1, 1, tokens, tokens])
  if (!segments) return causal
  const owner = tf.reshape(tf.stack([segments, segments], 2), [-1, tokens]) // [B, T]
  const same = tf.cast(tf.equal(tf.expandDims(owner, 2), tf.expandDims(owner, 1)), 'float32') // [B, T, T]
  return tf.add(causal, tf.reshape(tf.mul(tf.sub(1, same), HIDDEN), [-1, 1, 1, tokens, tokens]))
}

/** Cached tokens of a window at each step, two a step: [H, slots] of 0 and 1. */
const filled = (horizon: number): number[][] => {
  const slots = 2 * (horizon - 1)
  return Array.from({ length: horizon }, (_, step) =>
    Array.from({ length: slots }, (_, slot) => Number(slot < 2 * step)),
  )
}

/**
 * The mask of one more step of rows at the one-hot `position` [B, H], added to its scores: slots of the cache that are not
 * filled are hidden, and the step's state token does not see its own action token. [B, 1, 1, 2, slots + 2]
 */
export function stepBias(position: tf.Tensor): tf.Tensor {
  const horizon = position.shape[1]!
  const table = filled(horizon).map((visible) => {
    const past = visible.map((one) => (one ? 0 : HIDDEN))
    return [...past, 0, HIDDEN, ...past, 0, 0]
  })
  const rows = tf.matMul(position as tf.Tensor2D, tf.tensor2d(table))
  return tf.reshape(rows, [-1, 1, 1, 2, 2 * horizon])
}

/** Keys and values of every block as `splitHeads` gives them. */
export interface Cached {
  keys: tf.Tensor[]
  values: tf.Tensor[]
}

/**
 * The cache [B, M, slots, D] of every block. Keys in slots that are not filled are zeroed, so that no number there can
 * outweigh the mask.
 */
export function cachedHeads(position: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, heads: number): Cached {
  const [, blocks, slots, width] = keys.shape as [number, number, number, number]
  const visible = tf.matMul(position as tf.Tensor2D, tf.tensor2d(filled(position.shape[1]!)))
  const apart = (cache: tf.Tensor) => {
    const split = tf.reshape(cache, [-1, blocks, slots, heads, width / heads])
    const ordered = tf.transpose(split, [0, 1, 3, 2, 4]) // [B, M, heads, slots, width]
    return blocks === 1 ? [ordered] : tf.split(ordered, blocks, 1)
  }
  return { keys: apart(tf.mul(keys, tf.reshape(visible, [-1, 1, slots, 1]))), values: apart(values) }
}

/** Of what blocks projected, [B*T, 3*D] each: keys and values as they are cached, [B, M, T, D] each. */
export function newlyCached(projected: tf.Tensor[], tokens: number): { keys: tf.Tensor; values: tf.Tensor } {
  const width = projected[0]!.shape[1]! / 3
  const together = tf.reshape(tf.concat(projected, 1), [-1, tokens, projected.length, 3, width])
  const ordered = tf.transpose(together, [3, 0, 2, 1, 4]) // [3, B, M, T, D]
  const [, keys, values] = tf.unstack(ordered) as [tf.Tensor, tf.Tensor, tf.Tensor]
  return { keys, values }
}

/** Applies the dropout mask of a site, if there is one. */
export type Dropped = (site: string, x: tf.Tensor) => tf.Tensor
/** Attention of the block at a site: queries, keys and values [B*T, 3*D] -> [B*T, D] */
export type Mix = (site: string, qkv: tf.Tensor) => tf.Tensor
type TrunkBlock = (weights: Weights, x: tf.Tensor, mix: Mix, drop: Dropped) => tf.Tensor

/** minGPT's block [B*T, D] -> [B*T, D]: x + Attention(LN(x)), then x + MLP(LN(x)) with GELU and four times the width. */
export function trunkBlock(p: ParameterList, path: string, width: number): TrunkBlock {
  const norm1 = p.layerNorm(`${path}.norm1`, width)
  const qkv = p.linear(`${path}.qkv`, width, 3 * width)
  const out = p.linear(`${path}.out`, width, width)
  const norm2 = p.layerNorm(`${path}.norm2`, width)
  const expand = p.linear(`${path}.mlp.0`, width, 4 * width)
  const contract = p.linear(`${path}.mlp.1`, 4 * width, width)
  return (weights, x, mix, drop) => {
    const mixed = mix(`${path}.attention`, qkv(weights, norm1(weights, x)))
    const y = tf.add(x, drop(`${path}.residual1`, out(weights, mixed)))
    const hidden = gelu(expand(weights, norm2(weights, y)))
    return tf.add(y, drop(`${path}.residual2`, contract(weights, hidden)))
  }
}
