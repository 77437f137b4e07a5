// Whole sequences of steps through the Transformer at once, as it learns from them. S sequences, H steps, N agents, A action, K
// tokens, P = K + A + 1 tokens of a step, V codes, W width.
import * as tf from '@tensorflow/tfjs-core'
import { HIDDEN } from '../../../networks/attention.ts'
import type { Weights } from '../../../networks/layers.ts'
import { attendInParts, type Part } from './causal-attention.ts'
import type { Mix, Read } from './trunk.ts'
import { type ActionBounds, binsOf, embedStep, type WorldNetwork } from './world-network.ts'

export interface SequenceInputs {
  /** [S, H, N, K] */
  tokens: tf.Tensor
  /** [S, H, N, A] */
  actions: tf.Tensor
  /** [S, H] a number for each episode: steps of one see nothing of another's */
  segments: tf.Tensor
}

export interface Heard {
  /** [S * N, H, K, W] behind which each token of a step is told: the first by the step before, which the first step lacks */
  before: tf.Tensor
  /** [S * N * H, W] at the tokens of all agents */
  all: tf.Tensor
}

export function hear(
  world: WorldNetwork,
  bounds: ActionBounds,
  w: Weights,
  { tokens, actions, segments }: SequenceInputs,
): Heard {
  const [S, H, N, K] = tokens.shape as [number, number, number, number]
  const A = actions.shape[3]!
  const P = K + A + 1
  const perStep = (x: tf.Tensor, width: number) => tf.reshape(x, [S * H, N, width])
  const { seen, done } = embedStep(world, w, perStep(tokens, K), perStep(binsOf(actions, bounds), A))
  const W = seen.shape.at(-1)!
  const steps = tf.reshape(tf.concat([seen, done], 2), [S, H, N, P * W])
  const rows = tf.reshape(tf.transpose(steps, [0, 2, 1, 3]), [S * N, H * P, W])
  const places = tf.tensor1d(Float32Array.from({ length: H * P }, (_, i) => i))
  const placed = tf.add(rows, world.embedPositions(w, places))
  const { mix, read } = whole(segments, { N, K, P, layers: world.layers })
  const heard = world.trunk(w, tf.reshape(placed, [-1, W]), H * P, mix, read)
  return told(tf.reshape(heard, [S * N, H, K, W]))
}

/** Parts that attention is computed in: with more of them less is computed for nothing, and more is copied. */
const PARTS = 3

interface Sizes {
  N: number
  K: number
  P: number
  layers: number
}

/** What tokens may attend to, and which of them are read: those before which something is told. */
function whole(segments: tf.Tensor, { N, K, P, layers }: Sizes): { mix: Mix; read: Read } {
  const [S, H] = segments.shape as [number, number]
  const all = partsOf(segments, P, (i) => i)
  const readOnly = partsOf(segments, P, (i) => readPlace(i, K, P), K)
  const read = (x: tf.Tensor, before: number[], width: number) => {
    const apart = tf.reshape(x, [...before, H, P, width])
    const axis = before.length + 1
    const cut = (first: number, count: number) =>
      tf.slice(
        apart,
        apart.shape.map((_, i) => (i === axis ? first : 0)),
        apart.shape.map((size, i) => (i === axis ? count : size)),
      )
    return tf.concat([cut(0, K - 1), cut(P - 1, 1)], axis) // [..., H, K, width]
  }
  return {
    read: (x) => tf.reshape(read(x, [S * N], x.shape[1]!), [-1, x.shape[1]!]),
    mix: (q, k, v, layer) => {
      const [, , heads, , width] = q.shape as [number, number, number, number, number]
      const isLast = layer === layers - 1
      const asking = isLast ? read(q, [S * N, heads], width) : q
      const [asks, keys, values] = [asking, k, v].map((x) => tf.reshape(x, [S, N, heads, -1, width]))
      const mixed = attendInParts(asks!, keys!, values!, isLast ? readOnly : all)
      return tf.reshape(tf.transpose(mixed, [0, 1, 3, 2, 4]), [-1, heads * width])
    },
  }
}

/** Place among the P tokens of its step of the i-th that is read. */
const readPlace = (i: number, K: number, P: number): number => (i < K - 1 ? i : P - 1)

/** Of every step `count` tokens ask, which stand in it at `placeOf`. */
function partsOf(segments: tf.Tensor, P: number, placeOf: (i: number) => number, count = P): Part[] {
  const [S, H] = segments.shape as [number, number]
  const ends = Array.from({ length: PARTS }, (_, part) => Math.ceil(((part + 1) * H) / PARTS))
  return [...new Set(ends)].map((end, part, all) => {
    const begin = all[part - 1] ?? 0
    const [asks, asked] = [(end - begin) * count, end * P]
    const place = (i: number) => (begin + Math.floor(i / count)) * P + placeOf(i % count)
    const isEarlier = tf.tensor2d(
      Float32Array.from({ length: asks * asked }, (_, i) =>
        i % asked <= place(Math.floor(i / asked)) ? 1 : 0,
      ),
      [asks, asked],
    )
    const byToken = (from: number, steps: number, tokens: number) =>
      tf.reshape(tf.tile(tf.expandDims(tf.slice(segments, [0, from], [S, steps]), 2), [1, 1, tokens]), [
        S,
        -1,
      ])
    const own = tf.expandDims(byToken(begin, end - begin, count), 2)
    const isSame = tf.cast(tf.equal(own, tf.expandDims(byToken(0, end, P), 1)), 'float32')
    const bias = tf.mul(tf.sub(1, tf.mul(isSame, isEarlier)), HIDDEN) // [S, asks, asked]
    return { first: begin * count, count: asks, asked, bias: tf.reshape(bias, [S, 1, 1, asks, asked]) }
  })
}

/** @param heard [R, H, K, W] at the tokens of an observation but its last, behind which the action comes, and at that of all */
function told(heard: tf.Tensor): Heard {
  const [R, H, K, W] = heard.shape as [number, number, number, number]
  const all = tf.slice(heard, [0, 0, K - 1, 0], [R, H, 1, W])
  const earlier = tf.pad(tf.slice(all, [0, 0, 0, 0], [R, H - 1, 1, W]), [
    [0, 0],
    [1, 0],
    [0, 0],
    [0, 0],
  ])
  const own = tf.slice(heard, [0, 0, 0, 0], [R, H, K - 1, W])
  return { before: tf.concat([earlier, own], 2), all: tf.reshape(all, [-1, W]) }
}
