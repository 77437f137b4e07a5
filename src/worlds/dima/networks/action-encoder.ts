// Encodes the window of joint actions: one token an action, of which only the visible ones count (method.md 2.7).
// Which agents' current actions are visible is an input mask, so one network serves every sampling plan. A hidden
// action's influence is exactly zero: its token gets attention weight 0 (Perceiver) or factor 0 (pooling).
import * as tf from '@tensorflow/tfjs-core'
import { crossAttention, selfAttention } from '../../../networks/attention.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { silu } from '../../../networks/functions.ts'
import { type ParameterList, sequence, siluLayer, type Weights } from '../../../networks/layers.ts'
import type { EncoderConfig } from './presets.ts'

/** actions [B, L, N, A], mask [B, L, N] of 0 and 1 -> embedding [B, E] */
export type ActionEncoder = (weights: Weights, actions: tf.Tensor, mask: tf.Tensor) => tf.Tensor

/** Tokens [B*L*N, E]: MLP of the action plus learned embeddings of agent and time slot. */
function actionTokens(
  p: ParameterList,
  path: string,
  { context, agents, action }: Dimensions,
  width: number,
) {
  const mlp = sequence(
    p.linear(`${path}.mlp.0`, action, width),
    siluLayer,
    p.linear(`${path}.mlp.1`, width, width),
  )
  const agent = p.embedding(`${path}.agent`, agents, width)
  const slot = p.embedding(`${path}.slot`, context, width)
  return (weights: Weights, actions: tf.Tensor): tf.Tensor => {
    const places = tf.add(tf.expandDims(slot(weights), 1), tf.expandDims(agent(weights), 0)) // [L, N, E]
    const tokens = mlp(weights, tf.reshape(actions, [-1, action]))
    return tf.reshape(tf.add(tf.reshape(tokens, [-1, context, agents, width]), places), [-1, width])
  }
}

/** Masked mean of a per-token layer: some 60 times cheaper than the Perceiver, same invariance. */
function pooling(
  p: ParameterList,
  path: string,
  dims: Dimensions,
  width: number,
  out: number,
): ActionEncoder {
  const tokens = actionTokens(p, `${path}.tokens`, dims, width)
  const value = p.linear(`${path}.value`, width, width)
  const head = p.linear(`${path}.head`, width, out)
  const count = dims.context * dims.agents
  return (weights, actions, mask) => {
    const values = silu(value(weights, tokens(weights, actions))) // [B*L*N, E]
    const visible = tf.mul(tf.reshape(values, [-1, count, width]), tf.reshape(mask, [-1, count, 1]))
    return head(weights, tf.mul(tf.sum(visible, 1), 1 / Math.sqrt(count)))
  }
}

type PerceiverConfig = Extract<EncoderConfig, { kind: 'perceiver' }>

/** Learned latents read the visible tokens once, then attend to each other. */
function perceiver(
  p: ParameterList,
  path: string,
  dims: Dimensions,
  config: PerceiverConfig,
  out: number,
): ActionEncoder {
  const { tokenWidth, latents, width, heads, headWidth, layers, hidden } = config
  const tokens = actionTokens(p, `${path}.tokens`, dims, tokenWidth)
  const learned = p.embedding(`${path}.latents`, latents, width)
  const cross = crossAttention(p, `${path}.cross`, width, tokenWidth, headWidth)
  const trunk = sequence(
    p.geglu(`${path}.cross_ff`, width, hidden),
    ...Array.from({ length: layers }, (_, i) =>
      sequence(
        selfAttention(p, `${path}.layer.${i}.attention`, width, heads, headWidth, latents),
        p.geglu(`${path}.layer.${i}.ff`, width, hidden),
      ),
    ),
  )
  const norm = p.layerNorm(`${path}.norm`, width)
  const head = p.linear(`${path}.head`, width, out)
  const count = dims.context * dims.agents
  return (weights, actions, mask) => {
    const read = cross(weights, learned(weights), tokens(weights, actions), tf.reshape(mask, [-1, count]))
    const known = tf.reshape(trunk(weights, read), [-1, latents, width])
    return head(weights, norm(weights, tf.mean(known, 1))) // mean over latents
  }
}

export function actionEncoder(
  p: ParameterList,
  path: string,
  dims: Dimensions,
  config: EncoderConfig,
  out: number,
) {
  return config.kind === 'perceiver'
    ? perceiver(p, path, dims, config, out)
    : pooling(p, path, dims, config.width, out)
}
