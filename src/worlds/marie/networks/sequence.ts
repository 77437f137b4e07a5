// Whole sequences of steps through the Transformer at once, as it learns from them. S sequences, H steps, N agents, A action, K
// tokens, P = K + A + 1 tokens of a step, V codes, W width.
import * as tf from '@tensorflow/tfjs-core'
import { HIDDEN } from '../../../networks/attention.ts'
import type { Weights } from '../../../networks/layers.ts'
import { causal, within } from './trunk.ts'
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
  const bias = tf.reshape(hidden(segments, N, P), [S * N, 1, 1, H * P, H * P])
  const heard = world.trunk(w, tf.reshape(placed, [-1, W]), H * P, within(bias))
  return told(tf.reshape(heard, [S * N, H, P, W]), K)
}

/** Added to the scores: of what comes later, and of other episodes. [S * N, H * P, H * P] */
function hidden(segments: tf.Tensor, N: number, P: number): tf.Tensor {
  const [S, H] = segments.shape as [number, number]
  const T = H * P
  const byToken = tf.reshape(tf.tile(tf.expandDims(segments, 2), [1, 1, P]), [S, T])
  const isSame = tf.cast(tf.equal(tf.expandDims(byToken, 2), tf.expandDims(byToken, 1)), 'float32')
  const bias = tf.mul(tf.sub(1, tf.mul(isSame, causal(T))), HIDDEN) // [S, T, T]
  return tf.reshape(tf.tile(tf.expandDims(bias, 1), [1, N, 1, 1]), [S * N, T, T])
}

/** The last token of an observation tells nothing: the action comes after it. */
function told(heard: tf.Tensor, K: number): Heard {
  const [R, H, P, W] = heard.shape as [number, number, number, number]
  const all = tf.slice(heard, [0, 0, P - 1, 0], [R, H, 1, W])
  const earlier = tf.pad(tf.slice(all, [0, 0, 0, 0], [R, H - 1, 1, W]), [
    [0, 0],
    [1, 0],
    [0, 0],
    [0, 0],
  ])
  const own = tf.slice(heard, [0, 0, 0, 0], [R, H, K - 1, W])
  return { before: tf.concat([earlier, own], 2), all: tf.reshape(all, [-1, W]) }
}
