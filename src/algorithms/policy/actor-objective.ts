// PPO's loss of the shared actor (Schulman et al. 2017, arXiv 1707.06347; method.md 4.3): the clipped surrogate of the ratio
// of one agent's whole action, averaged over samples and agents, minus the entropy's weight times the entropy. Where agents
// are updated one after another a factor weights each sample's surrogate, outside of the minimum (HAPPO, Kuba et al. 2022,
// arXiv 2109.11251).
import * as tf from '@tensorflow/tfjs-core'
import type { Objective } from '../../learning/objectives.ts'
import { momentsOf } from '../../networks/action-heads.ts'
import type { Actor } from '../../networks/actor.ts'
import type { Widths } from '../../networks/dimensions.ts'
import { entropy, logProbability } from './action-distribution.ts'

export interface ActorLossConfig {
  /** half-width of the interval that ratios are clipped to, around 1 */
  clip: number
  /** weight of the entropy */
  entropy: number
  /** whether each agent has an advantage of its own */
  apart?: boolean
  /** whether samples have a factor each */
  factor?: boolean
}

/** @param samples R, rows of a batch */
export function actorObjective(
  actor: Actor,
  { agents: N, action: A, observation: O, forms }: Widths,
  samples: number,
  { clip, entropy: eta, apart = false, factor: weighted = false }: ActorLossConfig,
  name = 'actor',
): Objective {
  const R = samples
  return {
    name,
    parameters: actor.parameters,
    inputs: [
      { name: 'observations', shape: [R, N, O] },
      { name: 'actions', shape: [R, N, A] },
      { name: 'log_probabilities', shape: [R, N] }, // when they were drawn
      { name: 'advantages', shape: [R, apart ? N : 1] }, // shared by the agents unless they are apart
      ...(weighted ? [{ name: 'factor', shape: [R, 1] }] : []),
    ],
    loss: (weights, { observations, actions, log_probabilities, advantages, factor }) => {
      const heads = actor.act(weights, observations!)
      const change = tf.sub(logProbability(actions!, heads, forms), log_probabilities!) // [R, N]
      const ratio = tf.exp(change)
      const clipped = tf.clipByValue(ratio, 1 - clip, 1 + clip)
      const least = tf.minimum(tf.mul(ratio, advantages!), tf.mul(clipped, advantages!))
      const surrogate = weighted ? tf.mul(factor!, least) : least
      const bonus = tf.mean(entropy(heads, forms)) as tf.Scalar
      return {
        loss: tf.neg(tf.add(tf.mean(surrogate), tf.mul(eta, bonus))) as tf.Scalar,
        metrics: {
          entropy: bonus,
          policy_std: tf.mean(momentsOf(heads, forms).std) as tf.Scalar,
          clip_fraction: tf.mean(tf.cast(tf.greater(tf.abs(tf.sub(ratio, 1)), clip), 'float32')) as tf.Scalar,
          approximate_kl: tf.mean(tf.sub(tf.sub(ratio, 1), change)) as tf.Scalar, // Schulman's k3, never negative
        },
      }
    },
  }
}
