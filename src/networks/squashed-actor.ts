// An actor of soft actor-critic (Haarnoja et al. 2018, arXiv 1801.01290): a Gaussian of whatever it observes, squashed into
// -1..1. No layer norms, torch's start (method.md 6.2).
import * as tf from '@tensorflow/tfjs-core'
import { HALF_LOG_2PI } from '../common/gaussian-draw.ts'
import type { ActorConfig } from './actor.ts'
import type { Widths } from './dimensions.ts'
import { ParameterList, type Weights } from './layers.ts'

/** Of the logarithm of the deviation, before the squashing. */
const [LEAST, MOST] = [-20, 2]

export interface Gaussian {
  mean: tf.Tensor
  logStd: tf.Tensor
}

export interface SquashedActor {
  parameters: ParameterList['all']
  /** Observations [B, O] -> the Gaussian before the squashing, [B, A] each. */
  heads(weights: Weights, observations: tf.Tensor): Gaussian
}

export function createSquashedActor(
  { observation: O, action: A }: Pick<Widths, 'observation' | 'action'>,
  { width, layers }: ActorConfig,
): SquashedActor {
  const p = new ParameterList()
  const hidden = Array.from({ length: layers }, (_, i) => p.linear(`layers.${i}`, i === 0 ? O : width, width))
  const [mean, logStd] = [p.linear('mean', width, A), p.linear('log_std', width, A)]
  return {
    parameters: p.all,
    heads: (weights, observations) => {
      const last = hidden.length - 1
      const features = hidden.reduce((x, layer, i) => {
        const y = layer(weights, x)
        return i === last ? tf.tanh(y) : tf.relu(y) // the last one is bounded: so are the heads
      }, observations)
      return {
        mean: mean(weights, features),
        logStd: tf.clipByValue(logStd(weights, features), LEAST, MOST),
      }
    },
  }
}

/** tanh(mean + std noise), with its log-probability: [B, A] and [B]. Zero noise gives the mean action. */
export function squashed(
  { mean, logStd }: Gaussian,
  noise: tf.Tensor,
): { actions: tf.Tensor; logProbabilities: tf.Tensor } {
  const x = tf.add(mean, tf.mul(tf.exp(logStd), noise))
  // log(1 - tanh(x)^2), in a form that is finite for any x
  const narrowed = tf.mul(2, tf.sub(Math.LN2, tf.add(x, tf.softplus(tf.mul(-2, x)))))
  const density = tf.neg(tf.add(tf.add(tf.mul(0.5, tf.square(noise)), logStd), HALF_LOG_2PI))
  return { actions: tf.tanh(x), logProbabilities: tf.sum(tf.sub(density, narrowed), -1) }
}
