// The serving graphs that a world model and its policy become.
import * as tf from '@tensorflow/tfjs-core'
import type { ClosedForm } from '../../../env/closed-form.ts'
import { bits, oneHot, positive } from '../../../graph/random-inputs.ts'
import type { ServingGraph } from '../../../graph/serving-graph.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { perceiveGraph } from '../../../networks/perceive-graph.ts'
import { policyGraph } from '../../../networks/policy-graph.ts'
import type { PerGraph } from '../serve/manifest.ts'
import type { Networks } from './world-model.ts'

/** @param form how observations follow from states, where that is known */
export function servingGraphs(
  networks: Networks,
  dims: Dimensions,
  embedding: number,
  form?: ClosedForm,
): PerGraph<ServingGraph> {
  const { context: L, agents: N, action: A, state: S, observation: O, horizon: H } = dims
  const { blocks: M, width: D } = networks.reward.cacheSize
  const spec = (name: string, ...shape: number[]) => ({ name, shape })
  return {
    embed: {
      network: 'denoiser',
      inputs: (B) => [spec('actions', B, L, N, A), spec('mask', B, L, N)],
      draws: { mask: bits },
      outputs: (B) => [spec('embedding', B, embedding)],
      build: (w, { actions, mask }) => ({ embedding: networks.denoiser.embedActions(w, actions!, mask!) }),
    },
    denoise: {
      network: 'denoiser',
      inputs: (B) => [
        spec('noisy', B, S),
        spec('sigma', B, 1),
        spec('context', B, L, S),
        spec('embedding', B, embedding),
      ],
      draws: { sigma: positive },
      outputs: (B) => [spec('denoised', B, S)],
      build: (w, inputs) => ({
        denoised: networks.denoiser.denoise(w, {
          noisy: inputs.noisy!,
          sigma: inputs.sigma!,
          context: inputs.context!,
          embedding: inputs.embedding!,
        }),
      }),
    },
    decode: {
      network: 'decoder',
      inputs: (B) => [spec('states', B, S)],
      outputs: (B) => [spec('observations', B, N, O)],
      build: (w, { states }) => ({ observations: networks.decoder.decode(w, states!) }),
    },
    reward: {
      network: 'reward',
      inputs: (B) => [spec('states', B, H, S), spec('actions', B, H, N, A)],
      outputs: (B) => [spec('rewards', B, H), spec('termination_probabilities', B, H)],
      build: (w, { states, actions }) => {
        const { rewards, logits } = networks.reward.predict(w, { states: states!, actions: actions! })
        return { rewards, termination_probabilities: endProbabilities(logits) }
      },
    },
    rewardStep: {
      network: 'reward',
      inputs: (B) => [
        spec('state', B, S),
        spec('action', B, N, A),
        spec('position', B, H),
        spec('keys', B, M, 2 * (H - 1), D),
        spec('values', B, M, 2 * (H - 1), D),
      ],
      draws: { position: oneHot },
      outputs: (B) => [
        spec('reward', B),
        spec('termination_probability', B),
        spec('new_keys', B, M, 2, D),
        spec('new_values', B, M, 2, D),
      ],
      build: (w, { state, action, position, keys, values }) => {
        const step = networks.reward.step(w, {
          state: state!,
          action: action!,
          position: position!,
          keys: keys!,
          values: values!,
        })
        return {
          reward: step.rewards,
          termination_probability: endProbabilities(step.logits),
          new_keys: step.newKeys,
          new_values: step.newValues,
        }
      },
    },
    ...(form ? { perceive: perceiveGraph(dims, form) } : {}),
    ...(networks.policy ? { policy: policyGraph(networks.policy, dims) } : {}),
  }
}

/** Logits [..., 2] of {continue, end} -> [...] */
const endProbabilities = (logits: tf.Tensor): tf.Tensor =>
  tf.gather(tf.softmax(logits), tf.scalar(1, 'int32'), logits.rank - 1)
