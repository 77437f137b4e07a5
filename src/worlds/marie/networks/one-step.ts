// One imagined step, token by token, on cached keys and values. What is drawn is drawn by uniform numbers, which are inputs, and
// may be given instead: so a cache is made again by the very computation that made it. B rows, N agents, A action, K tokens, V
// codes, P tokens of a step, M layers, h heads, w width of one, W width.
import * as tf from '@tensorflow/tfjs-core'
import type { Weights } from '../../../networks/layers.ts'
import { type Cached, LayerMemory } from './memory-of-layers.ts'
import type { NetworksConfig } from './presets.ts'
import { expectedReward } from './reward-bins.ts'
import { type ActionBounds, binsOf, embedStep, type WorldNetwork } from './world-network.ts'

export interface StepInputs extends Cached {
  /** [B, N, K] */
  tokens: tf.Tensor
  /** [B, N, A] */
  actions: tf.Tensor
  /** [B, N, K] */
  uniforms: tf.Tensor
  /** [B, N, K] what comes next, where it is known; -1: it is drawn */
  given: tf.Tensor
  /** [B, 1] positions that what is cached takes */
  filled: tf.Tensor
}

export function oneStep(
  world: WorldNetwork,
  config: NetworksConfig,
  bounds: ActionBounds,
  w: Weights,
  { tokens, actions, uniforms, given, filled, ...cached }: StepInputs,
) {
  const [, N, K] = tokens.shape as [number, number, number]
  const [, , A] = actions.shape as [number, number, number]
  const memory = new LayerMemory(config, N, cached)
  const feed = feeder(world, w, memory, filled)
  const { done } = embedStep(world, w, tokens, binsOf(actions, bounds))
  const acted = feed(done, 0)
  const all = lastOf(acted, A + 1) // [B * N, W]
  const next: tf.Tensor[] = [] // [B * N] each
  let latest = all
  for (let k = 0; k < K; k++) {
    const column = (x: tf.Tensor) => tf.reshape(tf.slice(x, [0, 0, k], [-1, N, 1]), [-1])
    const token = drawn(world.nextToken(w, latest), column(uniforms), column(given))
    next.push(token)
    latest = feed(tf.reshape(world.embedTokens(w, token), [-1, N, 1, config.width]), A + 1 + k)
  }
  return {
    next: tf.reshape(tf.stack(next, 1), [-1, N, K]),
    rewards: tf.reshape(expectedReward(world.reward(w, all)), [-1, N]),
    continues: tf.reshape(tf.sigmoid(world.goesOn(w, all)), [-1, N]),
    added: memory.rows(), // [B, N, 2 M, h, P, w]
  }
}

/** Keys and values of tokens [B, N, K] that nothing comes before: [B, N, 2 M, h, K, w]. */
export function primed(world: WorldNetwork, config: NetworksConfig, w: Weights, tokens: tf.Tensor) {
  const [, N, K] = tokens.shape as [number, number, number]
  const memory = new LayerMemory(config, N)
  const nothing = tf.slice(tf.mul(tf.reshape(tokens, [-1, N * K]), 0), [0, 0], [-1, 1]) // zeros that follow the batch
  feeder(world, w, memory, nothing)(world.embedTokens(w, tokens), 0)
  return memory.rows()
}

/** Passes embeddings [B, N, n, W] through the Transformer as the next tokens: [B * N * n, W]. */
const feeder =
  (world: WorldNetwork, w: Weights, memory: LayerMemory, filled: tf.Tensor) =>
  (embedded: tf.Tensor, offset: number): tf.Tensor => {
    const [, , n, W] = embedded.shape as [number, number, number, number]
    const places = tf.tensor2d(
      Float32Array.from({ length: n }, (_, i) => offset + i),
      [1, n],
    )
    const positions = world.embedPositions(w, tf.add(filled, places)) // [B, n, W]
    const placed = tf.add(embedded, tf.expandDims(positions, 1))
    return world.trunk(w, tf.reshape(placed, [-1, W]), n, memory.mix)
  }

/** The last of n tokens: [R * n, W] -> [R, W]. */
function lastOf(x: tf.Tensor, n: number): tf.Tensor {
  const W = x.shape[1]!
  return tf.reshape(tf.slice(tf.reshape(x, [-1, n, W]), [0, n - 1, 0], [-1, 1, W]), [-1, W])
}

/** Numbers of tokens: how many cumulative probabilities the uniform number is not below. [R, V], [R], [R] -> [R] */
export function drawn(logits: tf.Tensor, uniforms: tf.Tensor, given: tf.Tensor): tf.Tensor {
  const V = logits.shape[1]!
  const cumulative = tf.cumsum(tf.softmax(logits), 1)
  const passed = tf.cast(tf.lessEqual(cumulative, tf.expandDims(uniforms, 1)), 'float32')
  const token = tf.minimum(tf.sum(passed, 1), V - 1) // the last sum may fall short of 1
  return tf.where(tf.greaterEqual(given, 0), given, token)
}
