// Reward and termination from the history of states and joint actions: a causal Transformer (minGPT) over two tokens
// a step, state and joint action; the heads read the action token (dima.md 3). It never sees the next state.
import * as tf from '@tensorflow/tfjs-core'
import { attend, HIDDEN, selfAttention, splitHeads } from './attention.ts'
import type { Dimensions } from './dimensions.ts'
import { gelu } from './functions.ts'
import { type Layer, normal, ParameterList, reluLayer, sequence, siluLayer, type Weights } from './layers.ts'
import type { RewardConfig } from './presets.ts'

/** Dropout masks by site, of 0 and 1/(1 - rate): randomness is an input. */
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

export interface RewardModel {
  parameters: ParameterList['all']
  /** rewards [B, H] and logits [B, H, 2] of {continue, end}. */
  predict(weights: Weights, input: RewardInput): { rewards: tf.Tensor; logits: tf.Tensor }
  /** Shapes of the dropout masks for a batch; none when the rate is 0. */
  dropoutSites(batch: number): { name: string; shape: number[] }[]
}

/** Joint action [B*H, N, A] -> [B*H, D]: agents' tokens attend to each other, then their mean. */
function jointAction(
  p: ParameterList,
  { agents, action }: Dimensions,
  { width, action: config }: RewardConfig,
) {
  const mlp = sequence(
    p.linear('action.mlp.0', action, width),
    siluLayer,
    p.linear('action.mlp.1', width, width),
  )
  const agent = p.embedding('action.agent', agents, width)
  const { layers, heads, headWidth, hidden } = config
  const trunk = sequence(
    ...Array.from({ length: layers }, (_, i) =>
      sequence(
        selfAttention(p, `action.layer.${i}.attention`, width, heads, headWidth),
        p.geglu(`action.layer.${i}.ff`, width, hidden),
      ),
    ),
  )
  const norm = p.layerNorm('action.norm', width)
  const head = p.linear('action.head', width, width)
  return (weights: Weights, actions: tf.Tensor) =>
    head(weights, norm(weights, tf.mean(trunk(weights, tf.add(mlp(weights, actions), agent(weights))), 1)))
}

/** Causal mask, cut between segments: added to the scores, [1 or B, 1, T, T]. */
function causalBias(steps: number, segments?: tf.Tensor): tf.Tensor {
  const tokens = 2 * steps
  const future = Array.from({ length: tokens * tokens }, (_, k) =>
    k % tokens > Math.floor(k / tokens) ? HIDDEN : 0,
  )
  const causal = tf.tensor(future, [1, 1, tokens, tokens])
  if (!segments) return causal
  const owner = tf.reshape(tf.stack([segments, segments], 2), [-1, tokens]) // [B, T]
  const same = tf.cast(tf.equal(tf.expandDims(owner, 2), tf.expandDims(owner, 1)), 'float32') // [B, T, T]
  return tf.add(causal, tf.expandDims(tf.mul(tf.sub(1, same), HIDDEN), 1))
}

type Dropped = (site: string, x: tf.Tensor) => tf.Tensor
type TrunkBlock = (weights: Weights, x: tf.Tensor, bias: tf.Tensor, drop: Dropped) => tf.Tensor

/** minGPT's block: x + Attention(LN(x)), then x + MLP(LN(x)) with GELU and four times the width. */
function trunkBlock(p: ParameterList, path: string, width: number, heads: number): TrunkBlock {
  const norm1 = p.layerNorm(`${path}.norm1`, width)
  const qkv = p.linear(`${path}.qkv`, width, 3 * width)
  const out = p.linear(`${path}.out`, width, width)
  const norm2 = p.layerNorm(`${path}.norm2`, width)
  const expand = p.linear(`${path}.mlp.0`, width, 4 * width)
  const contract = p.linear(`${path}.mlp.1`, 4 * width, width)
  return (weights, x, bias, drop) => {
    const heads3 = tf.split(qkv(weights, norm1(weights, x)), 3, -1).map((t) => splitHeads(t, heads))
    const [q, k, v] = heads3 as [tf.Tensor, tf.Tensor, tf.Tensor]
    const mixed = attend(q, k, v, bias, (w) => drop(`${path}.attention`, w))
    const y = tf.add(x, drop(`${path}.residual1`, out(weights, mixed)))
    const hidden = gelu(expand(weights, norm2(weights, y)))
    return tf.add(y, drop(`${path}.residual2`, contract(weights, hidden)))
  }
}

export function createRewardModel(dims: Dimensions, config: RewardConfig): RewardModel {
  const { width, layers, heads } = config
  const { horizon, state, agents, action } = dims
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
  const blocks = Array.from({ length: layers }, (_, i) => trunkBlock(p, `trunk.${i}`, width, heads))
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

  return {
    parameters: p.all,
    predict: (weights, { states, actions, segments, dropout = {} }) => {
      const [batch, steps] = states.shape as [number, number]
      const drop: Dropped = (site, x) => (dropout[site] ? tf.mul(x, dropout[site]) : x)
      const stateTokens = embedState(weights, states) // [B, H, D]
      const joint = embedAction(weights, tf.reshape(actions, [-1, agents, action]))
      const actionTokens = tf.reshape(joint, [-1, steps, width])
      const tokens = tf.reshape(tf.stack([stateTokens, actionTokens], 2), [-1, 2 * steps, width])
      const placed = tf.add(tokens, tf.slice(weights[positions]!, [0, 0], [2 * steps, width]))
      const bias = causalBias(steps, segments)
      let x = drop('embedding', placed)
      for (const block of blocks) x = block(weights, x, bias, drop)
      const pairs = tf.reshape(norm(weights, x), [batch, steps, 2, width])
      const read = tf.reshape(tf.slice(pairs, [0, 0, 1, 0], [-1, -1, 1, -1]), [-1, width])
      return {
        rewards: tf.reshape(rewardHead(weights, read), [-1, steps]),
        logits: tf.reshape(endHead(weights, read), [-1, steps, 2]),
      }
    },
    dropoutSites: (batch) => {
      const tokens = 2 * horizon
      const wide = (name: string) => ({ name, shape: [batch, tokens, width] })
      const ofBlock = (path: string) => [
        { name: `${path}.attention`, shape: [batch, heads, tokens, tokens] },
        wide(`${path}.residual1`),
        wide(`${path}.residual2`),
      ]
      if (config.dropout === 0) return []
      return [wide('embedding'), ...blocks.flatMap((_, i) => ofBlock(`trunk.${i}`))]
    },
  }
}
