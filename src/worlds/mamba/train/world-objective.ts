// What the world model learns from (docs/mamba.md): to see again what it saw, to expect it, and to tell reward, end and the last
// action. T times, B stretches, N agents, A action, O observation, of a latent state D recurrent numbers, C classes of K.
import * as tf from '@tensorflow/tfjs-core'
import type { Objective } from '../../../learning/objectives.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import { smoothL1, stopGradient } from '../../../networks/functions.ts'
import type { Weights } from '../../../networks/layers.ts'
import type { NetworksConfig } from '../networks/presets.ts'
import { featureOf, type WorldNetwork } from '../networks/world-network.ts'
import { type BatchSize, worldInputs } from './batch.ts'
import { type Stretch, unroll } from './unroll.ts'

type Inputs = Record<string, tf.Tensor>

/** Share of the divergence that moves the posterior towards the prior; the rest moves the prior. */
const POSTERIOR_SHARE = 0.2
/** Added to probabilities before their logarithm is taken. */
const TINY = 1e-7

export function worldObjective(
  world: WorldNetwork,
  widths: Pick<Widths, 'agents' | 'action' | 'observation'>,
  sizes: NetworksConfig,
  size: BatchSize,
): Objective {
  return {
    name: 'world',
    parameters: world.parameters,
    inputs: worldInputs(widths, sizes, size),
    loss: (w, inputs) => {
      const stretch = unroll(world, w, inputs, sizes, size)
      const recalled = world.recall(w, featureOf(stretch)) // [T * B, N, W]
      const parts = {
        observation_smooth_l1: observationLoss(world.observation(w, recalled), inputs.observations!),
        kl: divergence(tf.softmax(classesOf(world.prior(w, stretch.deter), sizes)), stretch.posterior),
        ...outcomeLosses(world, w, inputs, stretch),
        action_mse: lastActionLoss(world, w, inputs, recalled, size.batch),
      }
      const loss = Object.values(parts).reduce((sum, part) => tf.add(sum, part)) as tf.Scalar
      return { loss, metrics: parts }
    },
  }
}

/** Logits [..., C * K] -> [rows, K] */
const classesOf = (logits: tf.Tensor, { classes: K }: NetworksConfig): tf.Tensor =>
  tf.reshape(logits, [-1, K])

/** Summed over the entries of an observation. */
const observationLoss = (seen: tf.Tensor, observations: tf.Tensor): tf.Scalar =>
  tf.mean(tf.sum(smoothL1(seen, observations), -1)) as tf.Scalar

/**
 * Of posterior and prior [rows, K], mean over the rows: what is drawn is to be expected, and a little, what is seen is to be what
 * was expected (DreamerV2, Hafner et al. 2021, arXiv 2010.02193).
 */
export function divergence(prior: tf.Tensor, posterior: tf.Tensor): tf.Scalar {
  const between = (p: tf.Tensor, q: tf.Tensor) => {
    const [logP, logQ] = [p, q].map((x) => tf.log(tf.add(x, TINY))) as [tf.Tensor, tf.Tensor]
    return tf.mean(tf.sum(tf.mul(p, tf.sub(logP, logQ)), -1))
  }
  const moved = tf.mul(between(posterior, stopGradient(prior)), POSTERIOR_SHARE)
  const expected = tf.mul(between(stopGradient(posterior), prior), 1 - POSTERIOR_SHARE)
  return tf.add(moved, expected) as tf.Scalar
}

/** Reward and end of the actions, which every agent tells alike. */
function outcomeLosses(world: WorldNetwork, w: Weights, { rewards, ends }: Inputs, { stoch, next }: Stretch) {
  const perAgent = (x: tf.Tensor) => tf.reshape(x, [-1, 1, 1]) // [T * B, 1, 1]
  const judged = featureOf({ stoch, deter: next })
  const logits = world.goesOn(w, judged)
  const goesOn = tf.sub(1, perAgent(ends!))
  return {
    reward_smooth_l1: tf.mean(smoothL1(world.reward(w, judged), perAgent(rewards!))) as tf.Scalar,
    continuation_nll: tf.mean(tf.sub(tf.softplus(logits), tf.mul(goesOn, logits))) as tf.Scalar,
  }
}

/** Of each time but the first: what its own action before was. Where an episode begins there was none, and nothing is asked. */
function lastActionLoss(
  world: WorldNetwork,
  w: Weights,
  { actions, resets }: Inputs,
  recalled: tf.Tensor,
  B: number,
): tf.Scalar {
  const rows = recalled.shape[0]! - B
  const cut = (x: tf.Tensor, from: number) =>
    tf.slice(x, [from, ...x.shape.slice(1).map(() => 0)], [rows, ...x.shape.slice(1)])
  const told = world.lastAction(w, cut(recalled, B)) // [(T - 1) * B, N, A]
  const known = tf.reshape(tf.sub(1, cut(resets!, B)), [-1, 1, 1])
  const error = tf.squaredDifference(told, cut(actions!, 0))
  return tf.mean(tf.mul(error, known)) as tf.Scalar
}
