// The policy: one Gaussian actor shared by all agents, which tell themselves apart by the one-hot id in their
// observation (method.md 4.1). No tanh; the standard deviation does not depend on the observation.
import * as tf from '@tensorflow/tfjs-core'
import type { Widths } from './dimensions.ts'
import { type Layer, ParameterList, reluLayer, sequence, type Weights } from './layers.ts'

/** The standard deviation is MAX_STD sigmoid(v), v from FIRST: it starts at 0.3655 (method.md 4.1). */
const MAX_STD = 0.5
const FIRST = 1
const HIDDEN_GAIN = Math.SQRT2
const HEAD_GAIN = 0.01

export interface ActorConfig {
  width: number
  /** hidden layers; the head comes on top */
  layers: number
  /**
   * How fast the standard deviation moves beside the mean; default 1. Adam moves every parameter by the learning rate at
   * most, so that at 5e-4 v needs 10,000 updates to go from 1 to -4, where the deviation is 0.009.
   */
  spreadGain?: number
}

export interface Actor {
  parameters: ParameterList['all']
  /** Observations [B, N, O] -> mean and standard deviation of the actions, [B, N, A] each; logits of choices (action-heads.ts). */
  act(weights: Weights, observations: tf.Tensor): { mean: tf.Tensor; std: tf.Tensor }
}

export function createActor(
  widths: Pick<Widths, 'observation' | 'action' | 'forms'>,
  { width, layers, spreadGain = 1 }: ActorConfig,
): Actor {
  const p = new ParameterList()
  const trunk = normalisedMlp(p, widths.observation, width, layers)
  const head = gaussianHead(p, width, widths, spreadGain)
  return { parameters: p.all, act: (weights, observations) => head(weights, trunk(weights, observations)) }
}

/** What actions are drawn from, [..., A] each, of what a trunk makes of the observations, [..., width]. */
export function gaussianHead(
  p: ParameterList,
  width: number,
  { action: A, forms }: Pick<Widths, 'action' | 'forms'>,
  spreadGain = 1,
): (weights: Weights, hidden: tf.Tensor) => { mean: tf.Tensor; std: tf.Tensor } {
  const head = p.linear('mean', width, A, { gain: HEAD_GAIN })
  const choosesOnly = forms?.every(({ layout }) => layout.box === 0) // then nothing depends on a deviation
  const spread = choosesOnly ? undefined : p.add('spread', [A], (_, values) => void values.fill(FIRST))
  return (weights, hidden) => {
    const mean = head(weights, hidden)
    if (spread === undefined) return { mean, std: tf.zerosLike(mean) }
    const v = weights[spread]!
    const std = tf.mul(tf.sigmoid(spreadGain === 1 ? v : grown(v, spreadGain)), MAX_STD) // [A]
    // Zero times the mean gives the shape; a constant of that shape would not follow the batch.
    return { mean, std: tf.add(tf.mul(mean, 0), std) }
  }
}

const grown = (v: tf.Tensor, gain: number) => tf.add(tf.mul(tf.sub(v, FIRST), gain), FIRST)

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
