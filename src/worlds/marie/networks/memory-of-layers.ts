// Keys and values of the Transformer's layers: those of a cache, and of the tokens since. A cache has a row for every position, in
// which each agent has M keys and M values of width W. B rows, N agents, T positions of the cache, n tokens, M layers, h heads.
import * as tf from '@tensorflow/tfjs-core'
import { HIDDEN } from '../../../networks/attention.ts'
import type { NetworksConfig } from './presets.ts'
import { causal, type Mix } from './trunk.ts'

type Sizes = Pick<NetworksConfig, 'layers' | 'heads' | 'width'>

/** Numbers of a position of one agent in a cache. */
export const cacheWidth = ({ layers, width }: Sizes): number => 2 * layers * width

interface Cached {
  /** of a layer, [B * N, 1, h, W / h, T] */
  keys: tf.Tensor[]
  /** [B * N, 1, h, T, W / h] */
  values: tf.Tensor[]
  /** of positions that nothing stands at, [B * N, 1, 1, 1, T] */
  bias: tf.Tensor
}

export class LayerMemory {
  private readonly sizes: Sizes
  private readonly cached: Cached | undefined
  private readonly keys: tf.Tensor[] = [] // of a layer, [B * N, 1, h, n, W / h] since
  private readonly values: tf.Tensor[] = []

  constructor(sizes: Sizes, cached?: Cached) {
    this.sizes = sizes
    this.cached = cached
  }

  /** What tokens attend to: all that is cached, those since, and each other in their order. */
  readonly mix: Mix = (q, k, v, layer) => {
    const [, , heads, n, width] = q.shape as [number, number, number, number, number]
    const before = this.keys[layer]?.shape[3] ?? 0
    this.keys[layer] = joined(this.keys[layer], k)
    this.values[layer] = joined(this.values[layer], v)
    const scale = 1 / Math.sqrt(width)
    const own = tf.mul(tf.matMul(q, this.keys[layer]!, false, true), scale) // [B * N, 1, h, n, before + n]
    const seen = n > 1 ? tf.add(own, order(n, before)) : own
    const { cached } = this
    const mixed = cached
      ? both(tf.add(tf.mul(tf.matMul(q, cached.keys[layer]!), scale), cached.bias), seen, [
          cached.values[layer]!,
          this.values[layer]!,
        ])
      : tf.matMul(tf.softmax(seen), this.values[layer]!)
    return tf.reshape(tf.transpose(mixed, [0, 1, 3, 2, 4]), [-1, heads * width])
  }

  /** What came since as rows of a cache, [B, n, N, 2 M W]. */
  rows(N: number): tf.Tensor {
    const { layers, heads, width } = this.sizes
    const all = tf.concat([...this.keys, ...this.values], 1) // [B * N, 2 M, h, n, W / h]
    const n = all.shape[3]!
    const byToken = tf.reshape(tf.transpose(all, [0, 3, 1, 2, 4]), [
      -1,
      N,
      n,
      2 * layers,
      heads,
      width / heads,
    ])
    const flat = tf.reshape(byToken, [-1, N, n, cacheWidth(this.sizes)])
    return tf.transpose(flat, [0, 2, 1, 3])
  }
}

/** @param rows [B, T, N, 2 M W] of which the first `filled` [B, 1] count */
export function layerMemory(sizes: Sizes, rows: tf.Tensor, filled: tf.Tensor): LayerMemory {
  const [, T, N] = rows.shape as [number, number, number]
  const { layers, heads, width } = sizes
  const apart = tf.reshape(rows, [-1, T, N, 2 * layers, heads, width / heads])
  const [keys, values] = tf.split(apart, 2, 3) as [tf.Tensor, tf.Tensor] // [B, T, N, M, h, W / h]
  const byLayer = (x: tf.Tensor, axes: number[], shape: number[]) => {
    const ordered = tf.transpose(x, axes)
    const layersOf = layers === 1 ? [ordered] : tf.split(ordered, layers, 0)
    return layersOf.map((one) => tf.reshape(one, [-1, 1, heads, ...shape]))
  }
  const positions = tf.tensor2d(
    Float32Array.from({ length: T }, (_, t) => t),
    [1, T],
  )
  const isEmpty = tf.cast(tf.greaterEqual(positions, filled), 'float32') // [B, T]
  const perAgent = tf.tile(tf.reshape(tf.mul(isEmpty, HIDDEN), [-1, 1, T]), [1, N, 1])
  return new LayerMemory(sizes, {
    keys: byLayer(keys, [3, 0, 2, 4, 5, 1], [width / heads, T]),
    values: byLayer(values, [3, 0, 2, 4, 1, 5], [T, width / heads]),
    bias: tf.reshape(perAgent, [-1, 1, 1, 1, T]),
  })
}

const joined = (before: tf.Tensor | undefined, own: tf.Tensor): tf.Tensor =>
  before ? tf.concat([before, own], 3) : own

/** Added to the scores of n tokens that come after `before` others. [n, before + n] */
const order = (n: number, before: number): tf.Tensor =>
  tf.pad(tf.mul(tf.sub(1, causal(n)), HIDDEN), [
    [0, 0],
    [before, 0],
  ])

/** Attention over two parts, whose keys need not be copied together. */
function both(cached: tf.Tensor, own: tf.Tensor, [there, here]: [tf.Tensor, tf.Tensor]): tf.Tensor {
  const sizes = [cached.shape.at(-1)!, own.shape.at(-1)!]
  const weights = tf.softmax(tf.concat([cached, own], -1))
  const [past, since] = tf.split(weights, sizes, -1) as [tf.Tensor, tf.Tensor]
  return tf.add(tf.matMul(past, there), tf.matMul(since, here))
}
