// The critic: the value of a global state, shared by all agents (method.md 4.1). Its output is in the units of the value
// normaliser.
import * as tf from '@tensorflow/tfjs-core'
import { type ActorConfig, normalisedMlp } from './actor.ts'
import { ParameterList, type Weights } from './layers.ts'

export interface CriticConfig extends ActorConfig {
  /** of the head's orthogonal weights; absent: torch's start */
  headGain?: number
}

export interface Critic {
  parameters: ParameterList['all']
  /** names of the parameters of its last layer */
  head: { weight: string; bias: string }
  /** Critic inputs [B, I] -> values [B]. */
  value(weights: Weights, inputs: tf.Tensor): tf.Tensor
}

/** @param inputs I: S, or what else the caller puts beside the state */
export function createCritic(inputs: number, { width, layers, headGain }: CriticConfig): Critic {
  const p = new ParameterList()
  const trunk = normalisedMlp(p, inputs, width, layers)
  const head = p.linear('value', width, 1, headGain === undefined ? {} : { gain: headGain })
  return {
    parameters: p.all,
    head: { weight: 'value.weight', bias: 'value.bias' },
    value: (weights, x) => tf.reshape(head(weights, trunk(weights, x)), [-1]),
  }
}
