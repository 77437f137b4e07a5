// Two critics of a state and a joint action, alike but for their weights: the lower of their values is believed (Fujimoto et
// al. 2018, arXiv 1802.09477). No layer norms, torch's start (method.md 6.2).
import * as tf from '@tensorflow/tfjs-core'
import type { ActorConfig } from './actor.ts'
import { type Layer, ParameterList, reluLayer, sequence, type Weights } from './layers.ts'

export interface TwinCritic {
  parameters: ParameterList['all']
  /** Critic inputs [B, I] and joint actions [B, J] -> the two values, [B] each. */
  values(weights: Weights, inputs: tf.Tensor, joint: tf.Tensor): [tf.Tensor, tf.Tensor]
}

/** @param inputs I + J */
export function createTwinCritic(inputs: number, config: ActorConfig): TwinCritic {
  const p = new ParameterList()
  const twins = ['q1', 'q2'].map((name) => valueMlp(p, name, inputs, config)) as [Layer, Layer]
  return {
    parameters: p.all,
    values: (weights, seen, joint) => {
      const x = tf.concat([seen, joint], 1)
      return twins.map((twin) => tf.reshape(twin(weights, x), [-1])) as [tf.Tensor, tf.Tensor]
    },
  }
}

function valueMlp(p: ParameterList, name: string, inputs: number, { width, layers }: ActorConfig): Layer {
  const hidden = Array.from({ length: layers }, (_, i) =>
    sequence(p.linear(`${name}.layers.${i}`, i === 0 ? inputs : width, width), reluLayer),
  )
  return sequence(...hidden, p.linear(`${name}.value`, width, 1))
}
