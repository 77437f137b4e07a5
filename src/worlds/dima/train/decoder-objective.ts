// The state decoder learns to reproduce all agents' observations from the normalised state: mean absolute error,
// on single transitions drawn from the least visited (method.md 1).
import * as tf from '@tensorflow/tfjs-core'
import { tensor } from '../../../common/tensors.ts'
import type { VisitSampler } from '../../../episodes/replay/replay.ts'
import { normaliseInto, type ReplayObjective } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import type { StateDecoder } from '../networks/state-decoder.ts'
import type { WorldModelHyperparameters } from './hyperparameters.ts'

export function decoderObjective(
  network: StateDecoder,
  dims: Dimensions,
  config: WorldModelHyperparameters['decoder'],
  sampler: VisitSampler,
): ReplayObjective {
  const { batch: B } = config
  const { agents: N, observation: O, state: S } = dims
  return {
    name: 'decoder',
    parameters: network.parameters,
    inputs: [
      { name: 'states', shape: [B, S] },
      { name: 'observations', shape: [B, N, O] },
    ],
    loss: (weights, { states, observations }) => {
      const error = tf.sub(network.decode(weights, states!), observations!)
      const squared = tf.mean(tf.square(error)) as tf.Scalar
      return { loss: tf.mean(tf.abs(error)) as tf.Scalar, metrics: { squared_error: squared } }
    },
    batch: ({ replay, statistics }, rng) => {
      const states = tensor([B, S])
      const observations = tensor([B, N, O])
      const moments = { mean: statistics.mean, std: statistics.std }
      const indices = sampler.draw(replay, rng, B)
      for (let row = 0; row < B; row++) {
        const { episode: e, t } = replay.place(indices[row % indices.length]!)
        const episode = replay.episodes[e]!
        normaliseInto(states.data, row * S, episode.states, t, 1, moments)
        observations.data.set(episode.observations.subarray(t * N * O, (t + 1) * N * O), row * N * O)
      }
      return { states, observations }
    },
  }
}
