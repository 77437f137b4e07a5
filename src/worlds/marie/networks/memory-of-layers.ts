// Keys and values of the Transformer's layers: those of a cache, and of the tokens since. A cache stands as attention reads it, each
// layer's keys and values by themselves, so that nothing of it is copied or turned in a step; how many positions it has is free:
// no size below may depend on T. B rows, N agents, T positions of the cache, n tokens, M layers, h heads, w width of one.
import * as tf from '@tensorflow/tfjs-core'
import { HIDDEN } from '../../../networks/attention.ts'
import type { NetworksConfig } from './presets.ts'
import { causal, type Mix } from './trunk.ts'

type Sizes = Pick<NetworksConfig, 'layers' | 'heads' | 'width'>

export interface Cached {
  /** of a layer, [B, N, h, T, w] */
  keys: tf.Tensor[]
  values: tf.Tensor[]
  /** 1 where something stands, 0 where nothing does, [B, 1, 1, 1, T] */
  kept: tf.Tensor
}

export class LayerMemory {
  private readonly sizes: Sizes
  private readonly agents: number
  private readonly cached: Cached | undefined
  /** added to the scores of positions that nothing stands at */
  private readonly bias: tf.Tensor | undefined
  private readonly keys: tf.Tensor[] = [] // of a layer, [B, N, h, n, w] since
  private readonly values: tf.Tensor[] = []

  constructor(sizes: Sizes, agents: number, cached?: Cached) {
    this.sizes = sizes
    this.agents = agents
    this.cached = cached
    this.bias = cached && tf.mul(tf.sub(1, cached.kept), HIDDEN)
  }

  /** What tokens attend to: all that is cached, those since, and each other in their order. */
  readonly mix: Mix = (q, k, v, layer) => {
    const [, , heads, n, width] = q.shape as [number, number, number, number, number]
    const byAgent = (x: tf.Tensor) => tf.reshape(x, [-1, this.agents, heads, n, width])
    const before = this.keys[layer]?.shape[3] ?? 0
    this.keys[layer] = joined(this.keys[layer], byAgent(k))
    this.values[layer] = joined(this.values[layer], byAgent(v))
    const asked = tf.mul(byAgent(q), 1 / Math.sqrt(width))
    const own = tf.matMul(asked, this.keys[layer]!, false, true) // [B, N, h, n, before + n]
    const seen = n > 1 ? tf.add(own, order(n, before)) : own
    const mixed = this.cached
      ? both(this.pastOf(asked, layer), { scores: seen, values: this.values[layer]! })
      : tf.matMul(tf.softmax(seen), this.values[layer]!)
    return tf.reshape(tf.transpose(mixed, [0, 1, 3, 2, 4]), [-1, heads * width])
  }

  private pastOf(asked: tf.Tensor, layer: number): Part {
    const { keys, values } = this.cached!
    return {
      scores: tf.add(tf.matMul(asked, keys[layer]!, false, true), this.bias!),
      values: values[layer]!,
    }
  }

  /** What came since as rows of a cache, first all layers' keys, [B, N, 2 M, h, n, w]. */
  rows(): tf.Tensor {
    const { heads, width } = this.sizes
    const all = [...this.keys, ...this.values].map((x) =>
      tf.reshape(x, [-1, this.agents, 1, heads, x.shape[3]!, width / heads]),
    )
    return tf.concat(all, 2)
  }
}

const joined = (before: tf.Tensor | undefined, own: tf.Tensor): tf.Tensor =>
  before ? tf.concat([before, own], 3) : own

/** Added to the scores of n tokens that come after `before` others. [n, before + n] */
const order = (n: number, before: number): tf.Tensor =>
  tf.pad(tf.mul(tf.sub(1, causal(n)), HIDDEN), [
    [0, 0],
    [before, 0],
  ])

interface Part {
  scores: tf.Tensor
  values: tf.Tensor
}

/** Attention over two parts, of which neither scores nor values are copied together. */
function both(past: Part, since: Part): tf.Tensor {
  const parts = [past, since]
  const tops = parts.map(({ scores }) => tf.max(scores, -1, true))
  const top = tf.maximum(tops[0]!, tops[1]!)
  const weights = parts.map(({ scores }) => tf.exp(tf.sub(scores, top)))
  const [pastSum, sinceSum] = weights.map((part) => tf.sum(part, -1, true))
  const [there, here] = weights.map((part, i) => tf.matMul(part, parts[i]!.values))
  return tf.div(tf.add(there!, here!), tf.add(pastSum!, sinceSum!))
}
