// The reward model's token of a joint action.
import * as tf from '@tensorflow/tfjs-core'
import { selfAttention } from '../../../networks/attention.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { type ParameterList, sequence, siluLayer, type Weights } from '../../../networks/layers.ts'
import type { RewardConfig } from './presets.ts'

/** Actions [B*H*N, A] of joint actions -> [B*H, D]: agents' tokens attend to each other, then their mean. */
export function jointAction(
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
        selfAttention(p, `action.layer.${i}.attention`, width, heads, headWidth, agents),
        p.geglu(`action.layer.${i}.ff`, width, hidden),
      ),
    ),
  )
  const norm = p.layerNorm('action.norm', width)
  const head = p.linear('action.head', width, width)
  return (weights: Weights, actions: tf.Tensor) => {
    const perAgent = (x: tf.Tensor) => tf.reshape(x, [-1, agents, width])
    const tokens = tf.add(perAgent(mlp(weights, actions)), agent(weights))
    const known = perAgent(trunk(weights, tf.reshape(tokens, [-1, width])))
    return head(weights, norm(weights, tf.mean(known, 1)))
  }
}
