// Reward and termination from the history of states and joint actions: a causal Transformer (minGPT) over two tokens
// a step, state and joint action; the heads read the action token (method.md 3). It never sees the next state.
import * as tf from '@tensorflow/tfjs-core'
import { attend, splitHeads } from '../../../networks/attention.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import {
  type Layer,
  normal,
  ParameterList,
  reluLayer,
  sequence,
  siluLayer,
  type Weights,
} from '../../../networks/layers.ts'
import { jointAction } from './joint-action.ts'
import type { RewardConfig } from './presets.ts'
import {
  cachedHeads,
  causalBias,
  type Dropped,
  type Mix,
  newlyCached,
  stepBias,
  trunkBlock,
} from './reward-trunk.ts'

/** Dropout masks by site (reward-dropout.ts), of 0 and what keeps the mean: randomness is an input. */
export type DropoutMasks = Record<string, tf.Tensor>

export interface RewardInput {
  /** [B, H, S] normalised states s_t */
  states: tf.Tensor
  /** [B, H, N, A] */
  actions: tf.Tensor
  /** [B, H] episode of each step: attention stays inside an episode. Absent: one episode. */
  segments?: tf.Tensor
  dropout?: DropoutMasks
}

/** One more step of rows that are at any step of their windows. M trunk blocks, D width (heads joined). */
export interface RewardStepInput {
  /** [B, S] normalised state s_t */
  state: tf.Tensor
  /** [B, N, A] */
  action: tf.Tensor
  /** [B, H] one-hot: how many steps are cached, 0..H-1 */
  position: tf.Tensor
  /** [B, M, 2(H-1), D] of the cached steps' tokens, two a step; slots past the position may hold anything finite */
  keys: tf.Tensor
  /** [B, M, 2(H-1), D] */
  values: tf.Tensor
}

export interface RewardStep {
  /** [B] */
  rewards: tf.Tensor
  /** [B, 2] */
  logits: tf.Tensor
  /** [B, M, 2, D] of this step's two tokens, to be cached in slots 2t and 2t + 1 */
  newKeys: tf.Tensor
  /** [B, M, 2, D] */
  newValues: tf.Tensor
}

export interface RewardModel {
  parameters: ParameterList['all']
  /** rewards [B, H] and logits [B, H, 2] of {continue, end}. */
  predict(weights: Weights, input: RewardInput): { rewards: tf.Tensor; logits: tf.Tensor }
  /** The same for one step after cached ones: the cost of a step does not grow with the window. */
  step(weights: Weights, input: RewardStepInput): RewardStep
  /** Trunk blocks and their width, the cache's M and D. */
  cacheSize: { blocks: number; width: number }
}

/** Of the head's last layer: its logits {continue, end} where everything else is 0. */
export const TERMINATION_BIAS = 'termination.2.bias'

export function createRewardModel(dims: Dimensions, config: RewardConfig): RewardModel {
  const { width, layers, heads } = config
  const { horizon, state, action } = dims
  const p = new ParameterList('gpt')
  const embedState = sequence(
    p.linear('state.0', state, width),
    p.layerNorm('state.norm0', width),
    siluLayer,
    p.linear('state.1', width, width),
    p.layerNorm('state.norm1', width),
    siluLayer,
    p.linear('state.2', width, width),
  )
  const embedAction = jointAction(p, dims, config)
  const positions = p.add('positions.weight', [2 * horizon, width], normal(0.02))
  const blocks = Array.from({ length: layers }, (_, i) => trunkBlock(p, `trunk.${i}`, width))
  const norm = p.layerNorm('trunk.norm', width)
  const head = (path: string, outputs: number): Layer =>
    sequence(
      p.linear(`${path}.0`, width, width),
      reluLayer,
      p.linear(`${path}.1`, width, width),
      reluLayer,
      p.linear(`${path}.2`, width, outputs),
    )
  const rewardHead = head('reward', 1)
  const endHead = head('termination', 2)

  /** The two tokens of a step side by side, without positions: states [..., S], actions [..., N, A] -> [B*T, 2*D] */
  const embed = (weights: Weights, states: tf.Tensor, actions: tf.Tensor) => {
    const joint = embedAction(weights, tf.reshape(actions, [-1, action]))
    return tf.concat([embedState(weights, tf.reshape(states, [-1, state])), joint], 1)
  }
  /** Reads reward and end from the action tokens: [B*2T, D] -> [B*T] and [B*T, 2] */
  const read = (weights: Weights, x: tf.Tensor) => {
    const pairs = tf.reshape(norm(weights, x), [-1, 2 * width])
    const actionTokens = tf.slice(pairs, [0, width], [-1, width])
    return {
      rewards: tf.reshape(rewardHead(weights, actionTokens), [-1]),
      logits: endHead(weights, actionTokens),
    }
  }
  const trunk = (weights: Weights, tokens: tf.Tensor, mix: Mix, drop: Dropped) =>
    blocks.reduce((x, block) => block(weights, x, mix, drop), tokens)

  return {
    parameters: p.all,
    predict: (weights, { states, actions, segments, dropout = {} }) => {
      const steps = states.shape[1]!
      const drop: Dropped = (site, x) => (dropout[site] ? tf.mul(x, dropout[site]) : x)
      const bias = causalBias(steps, segments)
      const mix: Mix = (site, qkv) =>
        attend(...splitHeads(qkv, 2 * steps, heads), bias, (attention) => drop(site, attention))
      const places = tf.slice(weights[positions]!, [0, 0], [2 * steps, width])
      const placed = tf.add(tf.reshape(embed(weights, states, actions), [-1, 2 * steps, width]), places)
      const tokens = drop('embedding', tf.reshape(placed, [-1, width]))
      const { rewards, logits } = read(weights, trunk(weights, tokens, mix, drop))
      return { rewards: tf.reshape(rewards, [-1, steps]), logits: tf.reshape(logits, [-1, steps, 2]) }
    },
    step: (weights, { state, action: joint, position, keys, values }) => {
      const bias = stepBias(position)
      const past = cachedHeads(position, keys, values, heads)
      const projected: tf.Tensor[] = []
      const mix: Mix = (_, qkv) => {
        const block = projected.push(qkv) - 1
        const [q, k, v] = splitHeads(qkv, 2, heads)
        const [allKeys, allValues] = [
          tf.concat([past.keys[block]!, k], 3),
          tf.concat([past.values[block]!, v], 3),
        ]
        return attend(q, allKeys, allValues, bias)
      }
      const placed = tf.fused.matMul({
        a: position as tf.Tensor2D,
        b: tf.reshape(weights[positions]!, [horizon, 2 * width]) as tf.Tensor2D,
        bias: embed(weights, state, joint),
        activation: 'linear',
      })
      const x = trunk(weights, tf.reshape(placed, [-1, width]), mix, (_site, y) => y)
      const cached = newlyCached(projected, 2)
      return { ...read(weights, x), newKeys: cached.keys, newValues: cached.values }
    },
    cacheSize: { blocks: layers, width },
  }
}
