// The policy: one Gaussian actor shared by all agents, which tell themselves apart by the one-hot id in their
// observation (method.md 4.1). No tanh; the standard deviation does not depend on the observation.
import * as tf from '@tensorflow/tfjs-core'
import type { Widths } from './dimensions.ts'
import { type Layer, ParameterList, reluLayer, sequence, type Weights } from './layers.ts'

/** The standard deviation is MAX_STD sigmoid(v), v from 1: it starts at 0.3655 (method.md 4.1). */
const MAX_STD = 0.5
const HIDDEN_GAIN = Math.SQRT2
const HEAD_GAIN = 0.01

export interface ActorConfig {
  width: number
  /** hidden layers; the head comes on top */
  layers: number
}

export interface Actor {
  parameters: ParameterList['all']
  /** Observations [B, N, O] -> mean and standard deviation of the actions, [B, N, A] each. */
  act(weights: Weights, observations: tf.Tensor): { mean: tf.Tensor; std: tf.Tensor }
}

export function createActor(
  { observation: O, action: A }: Pick<Widths, 'observation' | 'action'>,
  { width, layers }: ActorConfig,
): Actor {
  const p = new ParameterList()
  const trunk = normalisedMlp(p, O, width, layers)
  const head = p.linear('mean', width, A, { gain: HEAD_GAIN })
  const spread = p.add('spread', [A], (_, values) => void values.fill(1))
  return {
    parameters: p.all,
    act: (weights, observations) => {
      const mean = head(weights, trunk(weights, observations))
      const std = tf.mul(tf.sigmoid(weights[spread]!), MAX_STD) // [A]
      // Zero times the mean gives the shape; a constant of that shape would not follow the batch.
      return { mean, std: tf.add(tf.mul(mean, 0), std) }
    },
  }
}

/** LayerNorm, then layers of Linear, ReLU, LayerNorm; orthogonal weights. */
export const normalisedMlp = (p: ParameterList, inputs: number, width: number, layers: number): Layer =>
  sequence(
    p.layerNorm('norm', inputs),
    ...Array.from({ length: layers }, (_, i) =>
      sequence(
        p.linear(`layers.${i}`, i === 0 ? inputs : width, width, { gain: HIDDEN_GAIN }),
        reluLayer,
        p.layerNorm(`norms.${i}`, width),
      ),
    ),
  )
