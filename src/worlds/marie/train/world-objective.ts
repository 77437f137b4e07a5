// What the Transformer learns from (docs/marie.md): the next token of what is seen, the reward, and whether it goes on. S sequences,
// H steps, N agents, A action, K tokens, V codes.
import * as tf from '@tensorflow/tfjs-core'
import type { Input, Objective } from '../../../learning/objectives.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import type { Weights } from '../../../networks/layers.ts'
import { BLOCKS, type NetworksConfig, type TokenSizes } from '../networks/presets.ts'
import { rewardTargets } from '../networks/reward-bins.ts'
import { type Heard, hear, type SequenceInputs } from '../networks/sequence.ts'
import type { ActionBounds, WorldNetwork } from '../networks/world-network.ts'

type Inputs = Record<string, tf.Tensor>

/** @param S sequences of a batch */
export function worldInputs(
  { agents: N, action: A }: Pick<Widths, 'agents' | 'action'>,
  { tokens: K }: Pick<TokenSizes, 'tokens'>,
  S: number,
): Input[] {
  return [
    { name: 'tokens', shape: [S, BLOCKS, N, K] },
    { name: 'actions', shape: [S, BLOCKS, N, A] },
    { name: 'segments', shape: [S, BLOCKS] }, // a number for each episode
    { name: 'weights', shape: [S, BLOCKS, K] }, // of the tokens in the loss
    { name: 'rewards', shape: [S, BLOCKS] },
    { name: 'ends', shape: [S, BLOCKS] }, // 1 where the episode ended with the step
  ]
}

export function worldObjective(
  world: WorldNetwork,
  widths: Pick<Widths, 'agents' | 'action'>,
  bounds: ActionBounds,
  { tokenizer }: NetworksConfig,
  S: number,
): Objective {
  return {
    name: 'world',
    parameters: world.parameters,
    inputs: worldInputs(widths, tokenizer, S),
    loss: (w, inputs) => {
      const heard = hear(world, bounds, w, inputs as unknown as SequenceInputs)
      const parts = {
        token_nll: tokenLoss(world.nextToken(w, flat(heard.before)), inputs),
        ...outcomeLosses(world, w, heard, inputs),
      }
      const loss = Object.values(parts).reduce((sum, part) => tf.add(sum, part)) as tf.Scalar
      return { loss, metrics: parts }
    },
  }
}

const flat = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [-1, x.shape.at(-1)!])

/** Of a step's outcome, told to every agent alike: [S, H] -> [S * N * H]. */
const toldToAll = (x: tf.Tensor, N: number): tf.Tensor =>
  tf.reshape(tf.tile(tf.expandDims(x, 1), [1, N, 1]), [-1])

/** Mean over the sequences of every agent of the weighted sums. @param logits [S * N * H * K, V] */
function tokenLoss(logits: tf.Tensor, { tokens, weights }: Inputs): tf.Scalar {
  const [S, , N] = tokens!.shape as [number, number, number, number]
  const perAgent = tf.reshape(tf.transpose(tokens!, [0, 2, 1, 3]), [-1]) // [S * N * H * K]
  const weight = tf.reshape(tf.tile(tf.expandDims(weights!, 1), [1, N, 1, 1]), [-1])
  const V = logits.shape[1]!
  const codes = tf.tensor1d(Float32Array.from({ length: V }, (_, v) => v))
  const isTrue = tf.cast(tf.equal(tf.expandDims(perAgent, 1), codes), 'float32') // [S * N * H * K, V]
  const likelihoods = tf.sum(tf.mul(tf.logSoftmax(logits), isTrue), 1)
  return tf.div(tf.neg(tf.sum(tf.mul(likelihoods, weight))), S * N) as tf.Scalar
}

function outcomeLosses(world: WorldNetwork, w: Weights, { all }: Heard, { tokens, rewards, ends }: Inputs) {
  const N = tokens!.shape[2]!
  const targets = rewardTargets(toldToAll(rewards!, N))
  const likelihoods = tf.sum(tf.mul(targets, tf.logSoftmax(world.reward(w, all))), 1)
  const logits = tf.reshape(world.goesOn(w, all), [-1])
  const goesOn = tf.sub(1, toldToAll(ends!, N))
  return {
    reward_cross_entropy: tf.neg(tf.mean(likelihoods)) as tf.Scalar,
    continuation_nll: tf.mean(tf.sub(tf.softplus(logits), tf.mul(goesOn, logits))) as tf.Scalar,
  }
}
