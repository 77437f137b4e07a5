// Reward and termination on sequences of H consecutive transitions: smooth L1 of the team reward and cross-entropy
// over {continue, end} (method.md 3). Sequences may span episodes; attention is cut between them. A time limit is not
// an end: its label is `continue`, unless asked for (method.md 8 (22)).

import * as tf from '@tensorflow/tfjs-core'
import type { Rng } from '../../../common/rng.ts'
import { type NamedTensors, tensor } from '../../../common/tensors.ts'
import { isEnd } from '../../../episodes/replay/episode.ts'
import type { Data } from '../../../episodes/replay/intake.ts'
import type { VisitSampler } from '../../../episodes/replay/replay.ts'
import { type Input, normaliseInto, type ReplayObjective } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import type { RewardModel } from '../networks/reward-model.ts'
import type { WorldModelHyperparameters } from './hyperparameters.ts'

type Config = WorldModelHyperparameters['reward'] & { dropout: number; timeLimitIsEnd?: boolean }
const DROPOUT = 'dropout.'

export function rewardObjective(
  network: RewardModel,
  dims: Dimensions,
  config: Config,
  sampler: VisitSampler,
): ReplayObjective {
  const { batch: B } = config
  const { horizon: H, agents: N, action: A, state: S } = dims
  const masks = network.dropoutSites(B).map(({ name, shape }) => ({ name: DROPOUT + name, shape }))
  const sequences: Input[] = [
    { name: 'states', shape: [B, H, S] },
    { name: 'actions', shape: [B, H, N, A] },
    { name: 'segments', shape: [B, H] }, // which episode of the sequence a step belongs to
    { name: 'rewards', shape: [B, H] },
    { name: 'ends', shape: [B, H] },
  ]
  return {
    name: 'reward',
    parameters: network.parameters,
    inputs: [...sequences, ...masks],
    loss: (weights, inputs) => {
      const dropout = Object.fromEntries(masks.map(({ name }) => [name.slice(DROPOUT.length), inputs[name]!]))
      const { states, actions, segments, rewards, ends } = inputs
      const predicted = network.predict(weights, {
        states: states!,
        actions: actions!,
        segments: segments!,
        dropout,
      })
      const rewardLoss = smoothL1(predicted.rewards, rewards!)
      const endLoss = crossEntropy(predicted.logits, ends!)
      return {
        loss: tf.add(rewardLoss, endLoss),
        metrics: { reward_smooth_l1: rewardLoss, termination_nll: endLoss },
      }
    },
    batch: (data, rng) => ({
      ...drawSequences(data, rng, dims, sequences, sampler, config.timeLimitIsEnd),
      ...Object.fromEntries(masks.map(({ name, shape }) => [name, dropoutMask(rng, shape, config.dropout)])),
    }),
  }
}

/** Mean of e²/2 for |e| < 1, |e| - 1/2 beyond: q (|e| - q/2) with q = min(|e|, 1). */
function smoothL1(predicted: tf.Tensor, target: tf.Tensor): tf.Scalar {
  const error = tf.abs(tf.sub(predicted, target))
  const capped = tf.minimum(error, 1)
  return tf.mean(tf.mul(capped, tf.sub(error, tf.mul(capped, 0.5)))) as tf.Scalar
}

/** logits [B, H, 2] of {continue, end}, ends [B, H] of 0 and 1. */
function crossEntropy(logits: tf.Tensor, ends: tf.Tensor): tf.Scalar {
  const labels = tf.stack([tf.sub(1, ends), ends], 2)
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), 2))) as tf.Scalar
}

function drawSequences(
  { replay, statistics }: Data,
  rng: Rng,
  dims: Dimensions,
  inputs: Input[],
  sampler: VisitSampler,
  timeLimitIsEnd = false,
) {
  const { horizon: H, agents: N, action: A, state: S } = dims
  const batch: NamedTensors = Object.fromEntries(inputs.map(({ name, shape }) => [name, tensor(shape)]))
  const starts = sampler.draw(replay, rng, inputs[0]!.shape[0]!, H)
  const moments = { mean: statistics.mean, std: statistics.std }
  for (let row = 0; row < inputs[0]!.shape[0]!; row++) {
    const first = starts[row % starts.length]!
    const segment = replay.place(first).episode
    for (let h = 0; h < H; h++) {
      const { episode: e, t } = replay.place(first + h)
      const episode = replay.episodes[e]!
      const place = row * H + h
      normaliseInto(batch.states!.data, place * S, episode.states, t, 1, moments)
      batch.actions!.data.set(episode.actions.subarray(t * N * A, (t + 1) * N * A), place * N * A)
      batch.segments!.data[place] = e - segment
      batch.rewards!.data[place] = episode.rewards[t]!
      const last = t === episode.length - 1
      batch.ends!.data[place] = last && isEnd(episode, timeLimitIsEnd) ? 1 : 0
    }
  }
  return batch
}

/** 1/(1 - rate) where kept, 0 where dropped. */
function dropoutMask(rng: Rng, shape: number[], rate: number) {
  const mask = tensor(shape)
  const keep = 1 / (1 - rate)
  const threshold = rate * 4294967296
  for (let i = 0; i < mask.data.length; i++) mask.data[i] = rng.uint32() < threshold ? 0 : keep
  return mask
}
