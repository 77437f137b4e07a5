// HASAC's losses (Liu et al. 2024, arXiv 2306.10715, as HARL has them; method.md 6.2). R transitions, N agents.
import * as tf from '@tensorflow/tfjs-core'
import { bucketSpecs, splitBuckets } from '../../graph/bucket-tensors.ts'
import { planBuckets } from '../../graph/buckets.ts'
import type { Objective } from '../../learning/objectives.ts'
import type { Widths } from '../../networks/dimensions.ts'
import { type SquashedActor, squashed } from '../../networks/squashed-actor.ts'
import type { TwinCritic } from '../../networks/twin-critic.ts'

/** Both critics' squared errors, the sum of their means. */
export function twinObjective(
  critic: TwinCritic,
  { agents: N, action: A, state: S }: Widths,
  R: number,
): Objective {
  return {
    name: 'critic',
    parameters: critic.parameters,
    inputs: [
      { name: 'inputs', shape: [R, S] },
      { name: 'actions', shape: [R, N * A] },
      { name: 'targets', shape: [R] },
    ],
    loss: (weights, { inputs, actions, targets }) => {
      const values = critic.values(weights, inputs!, actions!)
      const [first, second] = values.map((value) => tf.mean(tf.square(tf.sub(value, targets!))))
      return {
        loss: tf.add(first!, second!) as tf.Scalar,
        metrics: { value_mean: tf.mean(tf.minimum(...values)) as tf.Scalar },
      }
    },
  }
}

/**
 * One agent's: the temperature times its log-probability, minus the lower value of the joint action that its own is part of.
 * The critics' weights are data, so that they are left alone, and so is which agent it is.
 */
export function squashedObjective(
  actor: SquashedActor,
  critic: TwinCritic,
  { agents: N, action: A, state: S, observation: O }: Widths,
  R: number,
  name: string,
): Objective {
  const buckets = planBuckets(critic.parameters)
  return {
    name,
    parameters: actor.parameters,
    inputs: [
      { name: 'observations', shape: [R, O] },
      { name: 'noise', shape: [R, A] },
      { name: 'inputs', shape: [R, S] },
      { name: 'others', shape: [R, N * A] }, // zeros in its own place
      { name: 'place', shape: [N * A] }, // ones there, zeros elsewhere
      { name: 'temperature', shape: [] },
      ...bucketSpecs('critic', buckets).map(({ name: bucket, shape }) => ({ name: bucket, shape })),
    ],
    loss: (weights, { observations, noise, inputs, others, place, temperature, ...lent }) => {
      const heads = actor.heads(weights, observations!)
      const { actions, logProbabilities } = squashed(heads, noise!)
      const joint = tf.add(others!, tf.mul(tf.tile(actions, [1, N]), place!))
      const value = tf.minimum(...critic.values(splitBuckets('critic', buckets, lent), inputs!, joint))
      const logProbability = tf.mean(logProbabilities) as tf.Scalar
      return {
        loss: tf.sub(tf.mul(temperature!, logProbability), tf.mean(value)) as tf.Scalar,
        metrics: {
          entropy: tf.neg(logProbability) as tf.Scalar, // of what was drawn
          policy_std: tf.mean(tf.exp(heads.logStd)) as tf.Scalar, // before the squashing
        },
      }
    },
  }
}
