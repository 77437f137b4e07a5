// What all agents observe and do, as one token for each of them: a Perceiver (Jaegle et al. 2021, arXiv 2103.03206) with a latent for
// every agent. B rows, N agents, T tokens of all of them, W width.
import * as tf from '@tensorflow/tfjs-core'
import { attend, splitHeads } from '../../../networks/attention.ts'
import { positionTable } from '../../../networks/encoder-layer.ts'
import { type Layer, normal, type ParameterList, type Weights } from '../../../networks/layers.ts'
import type { AggregatorConfig } from './presets.ts'

/** Embeddings [B, N, n, W] of the agents' tokens -> [B, N, W]. Tokens of an agent have no order. */
export function aggregator(
  p: ParameterList,
  N: number,
  W: number,
  { layers, heads, headWidth, hidden }: AggregatorConfig,
): Layer {
  const latents = p.add('aggregator.latents', [N, W], normal(1))
  const read = crossAttention(p, 'aggregator.read', W, N, { heads, headWidth })
  const think = p.geglu('aggregator.read.feed', W, hidden)
  const rest = Array.from({ length: layers }, (_, i): [Layer, Layer] => [
    selfAttention(p, `aggregator.${i}`, W, N, { heads, headWidth }),
    p.geglu(`aggregator.${i}.feed`, W, hidden),
  ])
  return (w, embedded) => {
    const told = tf.add(embedded, tf.reshape(positionTable(N, W), [N, 1, W])) // [B, N, n, W]
    const tokens = N * embedded.shape[2]!
    const whole = tf.reshape(told, [-1, tokens, W])
    const begun = tf.add(tf.mul(tf.slice(whole, [0, 0, 0], [-1, N, W]), 0), w[latents]!) // [B, N, W], following the batch
    const x = think(w, read(w, tf.reshape(begun, [-1, W]), tf.reshape(whole, [-1, W]), tokens))
    const mixed = rest.reduce((y, [mix, feed]) => feed(w, mix(w, y)), x) // [B * N, W]
    return tf.reshape(mixed, [-1, N, W])
  }
}

interface Heads {
  heads: number
  headWidth: number
}

/** x + Attention(LN(x), LN(tokens)): [B * N, W], [B * T, W] -> [B * N, W]. */
function crossAttention(p: ParameterList, path: string, W: number, N: number, { heads, headWidth }: Heads) {
  const norm = p.layerNorm(`${path}.norm`, W)
  const normTokens = p.layerNorm(`${path}.norm_tokens`, W)
  const query = p.linear(`${path}.query`, W, heads * headWidth)
  const keyValue = p.linear(`${path}.key_value`, W, 2 * heads * headWidth)
  const out = p.linear(`${path}.out`, heads * headWidth, W)
  const apart = (x: tf.Tensor, count: number, parts: number) =>
    tf.transpose(tf.reshape(x, [-1, count, parts, heads, headWidth]), [0, 2, 3, 1, 4])
  return (w: Weights, x: tf.Tensor, tokens: tf.Tensor, count: number): tf.Tensor => {
    const q = apart(query(w, norm(w, x)), N, 1) // [B, 1, heads, N, headWidth]
    const both = apart(keyValue(w, normTokens(w, tokens)), count, 2)
    const [k, v] = tf.split(both, 2, 1) as [tf.Tensor, tf.Tensor]
    return tf.add(x, out(w, attend(q, k, v)))
  }
}

/** x + Attention(LN(x)) among the N of each row: [B * N, W]. */
function selfAttention(
  p: ParameterList,
  path: string,
  W: number,
  N: number,
  { heads, headWidth }: Heads,
): Layer {
  const norm = p.layerNorm(`${path}.norm`, W)
  const qkv = p.linear(`${path}.qkv`, W, 3 * heads * headWidth)
  const out = p.linear(`${path}.out`, heads * headWidth, W)
  return (w, x) => tf.add(x, out(w, attend(...splitHeads(qkv(w, norm(w, x)), N, heads))))
}
