// The Transformer's encoder layer as it was first published, normalised after each part (Vaswani et al. 2017, arXiv
// 1706.03762), and its table of positions. Tokens of all rows stand one below the other, [B*T, D], as in attention.ts.

import * as tf from '@tensorflow/tfjs-core'
import { attend, splitHeads } from './attention.ts'
import { type Layer, type ParameterList, zeros } from './layers.ts'

export interface EncoderLayerConfig {
  /** D, a multiple of the heads */
  width: number
  heads: number
  /** of the feed-forward part */
  hidden: number
  /** T, of a row */
  tokens: number
}

/** y = LN(x + Attention(x)), then LN(y + FeedForward(y)): [B*T, D] -> [B*T, D]. No dropout. */
export function encoderLayer(
  p: ParameterList,
  path: string,
  { width, heads, hidden, tokens }: EncoderLayerConfig,
): Layer {
  const qkv = p.linear(`${path}.qkv`, width, 3 * width, { bias: zeros })
  const out = p.linear(`${path}.out`, width, width, { bias: zeros })
  const normMixed = p.layerNorm(`${path}.norm_mixed`, width)
  const expand = p.linear(`${path}.expand`, width, hidden)
  const contract = p.linear(`${path}.contract`, hidden, width)
  const norm = p.layerNorm(`${path}.norm`, width)
  return (w, x) => {
    const mixed = normMixed(w, tf.add(x, out(w, attend(...splitHeads(qkv(w, x), tokens, heads)))))
    return norm(w, tf.add(mixed, contract(w, tf.relu(expand(w, mixed)))))
  }
}

const BASE = 10_000

/** Sines and cosines of a position, by turns. [T, D] */
export function positionTable(tokens: number, width: number): tf.Tensor {
  const values = Float32Array.from({ length: tokens * width }, (_, i) => {
    const [position, entry] = [Math.floor(i / width), i % width]
    const angle = position / BASE ** ((2 * Math.floor(entry / 2)) / width)
    return entry % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
  })
  return tf.tensor2d(values, [tokens, width])
}
