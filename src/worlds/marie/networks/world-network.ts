// The world model of an agent, whose weights all agents share (docs/marie.md): a causal Transformer over the tokens of what it sees
// and does, and a token of all agents after them. R rows, N agents, A action, K tokens, V codes, P tokens of a step, W width.
import * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../../../common/parameters.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import { type Layer, ParameterList, reluLayer, sequence, type Weights } from '../../../networks/layers.ts'
import { aggregator } from './aggregator.ts'
import { BLOCKS, blockSize, type NetworksConfig } from './presets.ts'
import { REWARD_BINS } from './reward-bins.ts'
import { pick } from './tokenizer.ts'
import { type Trunk, trunk } from './trunk.ts'

export const ACTION_BINS = 256

export interface WorldNetwork {
  parameters: Parameter[]
  /** Tokens [...] -> [..., W], */
  embedTokens: Layer
  /** numbers of actions' bins [...] -> [..., W], */
  embedActions: Layer
  /** positions [...] -> [..., W]. */
  embedPositions: Layer
  /** Embeddings [R, N, K + A, W] of what all agents see and do -> the token of all, for each, [R, N, W]. */
  aggregate: Layer
  trunk: Trunk
  /** of it */
  layers: number
  /** Logits [R, V] of the token after one [R, W], */
  nextToken: Layer
  /** and at the token of all: of the reward's bins, [R, REWARD_BINS], */
  reward: Layer
  /** that the episode goes on, [R, 1]. */
  goesOn: Layer
}

export function createWorldNetwork(
  { agents: N, action }: Pick<Widths, 'agents' | 'action'>,
  config: NetworksConfig,
): WorldNetwork {
  const p = new ParameterList('gpt')
  const { tokenizer, width: W } = config
  const table = (path: string, count: number): Layer => {
    const rows = p.embedding(path, count, W)
    return (w, numbers) => pick(rows(w), numbers)
  }
  const head = (path: string, layers: number, outputs: number) =>
    sequence(
      ...Array.from({ length: layers }, (_, i) => sequence(p.linear(`${path}.${i}`, W, W), reluLayer)),
      p.linear(`${path}.out`, W, outputs),
    )
  return {
    embedTokens: table('tokens', tokenizer.codes),
    embedActions: table('actions', ACTION_BINS),
    embedPositions: table('positions', BLOCKS * blockSize(tokenizer, { action })),
    aggregate: aggregator(p, N, W, config.aggregator),
    trunk: trunk(p, config),
    layers: config.layers,
    nextToken: head('next', 1, tokenizer.codes),
    reward: head('reward', 2, REWARD_BINS),
    goesOn: head('continuation', 2, 1),
    parameters: p.all,
  }
}

/** Numbers of the equal bins that actions fall into, between the bounds of the task. [...] */
export function binsOf(actions: tf.Tensor, { low, high }: ActionBounds): tf.Tensor {
  const share = tf.div(tf.sub(tf.clipByValue(actions, low, high), low), high - low)
  return tf.minimum(tf.floor(tf.mul(share, ACTION_BINS)), ACTION_BINS - 1)
}

export interface ActionBounds {
  low: number
  high: number
}

/** What an agent sees and does as embeddings, and with them the token of all: [R, N, K, W], [R, N, A + 1, W]. */
export function embedStep(
  world: WorldNetwork,
  w: Weights,
  tokens: tf.Tensor,
  bins: tf.Tensor,
): { seen: tf.Tensor; done: tf.Tensor } {
  const [seen, acted] = [world.embedTokens(w, tokens), world.embedActions(w, bins)]
  const all = world.aggregate(w, tf.concat([seen, acted], 2))
  return { seen, done: tf.concat([acted, tf.expandDims(all, 2)], 2) }
}
