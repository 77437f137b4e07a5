// The Transformer of an agent: pre-norm layers as in GPT-2 (Radford et al. 2019). What a token may attend to is the caller's: a
// whole sequence under a mask, or a cache and what came since. Tokens of all rows stand one below the other. R rows, n tokens, W
// width.
import * as tf from '@tensorflow/tfjs-core'
import { splitHeads } from '../../../networks/attention.ts'
import { gelu } from '../../../networks/functions.ts'
import type { ParameterList, Weights } from '../../../networks/layers.ts'
import type { NetworksConfig } from './presets.ts'

/** Queries, keys and values [R, 1, heads, n, W / heads] of a layer -> what is made of them, [R * n, W]. */
export type Mix = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, layer: number) => tf.Tensor

/** Takes the tokens that are read of all, [R * n, W] -> [R * m, W]. */
export type Read = (x: tf.Tensor) => tf.Tensor

/**
 * Embeddings [R * n, W] -> [R * n, W]; or [R * m, W] of those that are read: the last layer then is computed of them alone, and
 * `mix` gives it as many.
 */
export type Trunk = (w: Weights, x: tf.Tensor, n: number, mix: Mix, read?: Read) => tf.Tensor

const GROWTH = 4 // of the hidden layers

export function trunk(
  p: ParameterList,
  { width: W, layers, heads }: Pick<NetworksConfig, 'width' | 'layers' | 'heads'>,
): Trunk {
  const blocks = Array.from({ length: layers }, (_, i) => ({
    norm: p.layerNorm(`trunk.${i}.norm`, W),
    qkv: p.linear(`trunk.${i}.qkv`, W, 3 * W),
    out: p.linear(`trunk.${i}.out`, W, W),
    normFeed: p.layerNorm(`trunk.${i}.norm_feed`, W),
    expand: p.linear(`trunk.${i}.expand`, W, GROWTH * W),
    contract: p.linear(`trunk.${i}.contract`, GROWTH * W, W),
  }))
  const last = p.layerNorm('trunk.norm', W)
  return (w, embedded, n, mix, read = (x) => x) => {
    const x = blocks.reduce((before, { norm, qkv, out, normFeed, expand, contract }, i) => {
      const mixed = mix(...splitHeads(qkv(w, norm(w, before)), n, heads), i)
      const heard = tf.add(i === layers - 1 ? read(before) : before, out(w, mixed))
      return tf.add(heard, contract(w, gelu(expand(w, normFeed(w, heard)))))
    }, embedded)
    return last(w, x)
  }
}

/** 1 where a token may attend to another: to itself and to those before it. [n, n] */
export const causal = (n: number): tf.Tensor =>
  tf.tensor2d(
    Float32Array.from({ length: n * n }, (_, i) => (i % n <= Math.floor(i / n) ? 1 : 0)),
    [n, n],
  )
