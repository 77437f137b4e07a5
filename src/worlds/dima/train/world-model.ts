// The three networks of a world model and the policy that may act in it: their sizes and weights.
import type { TaskSpec } from '../../../env/task-spec.ts'
import type { Actor } from '../../../networks/actor.ts'
import type { Critic } from '../../../networks/critic.ts'
import { type Dimensions, widthsOf } from '../../../networks/dimensions.ts'
import { createDenoiser } from '../networks/denoiser.ts'
import type { NetworksConfig } from '../networks/presets.ts'
import { createRewardModel } from '../networks/reward-model.ts'
import { createStateDecoder } from '../networks/state-decoder.ts'
import { CONTEXT, HORIZON } from './steps.ts'

export const NETWORK_NAMES = ['decoder', 'denoiser', 'reward'] as const
export type NetworkName = (typeof NETWORK_NAMES)[number]

/** Parameter values by network and name. */
export type WorldModelWeights = Record<NetworkName, Map<string, Float32Array>> & {
  policy?: Map<string, Float32Array>
  value?: Map<string, Float32Array>
}

export const dimensionsOf = (task: TaskSpec): Dimensions => ({
  ...widthsOf(task),
  context: CONTEXT,
  horizon: HORIZON,
})

export const createNetworks = (dims: Dimensions, config: NetworksConfig) => ({
  denoiser: createDenoiser(dims, config.denoiser),
  decoder: createStateDecoder(dims, config.decoder),
  reward: createRewardModel(dims, config.reward),
})

/** A bundle may have a policy and its critic, which are no part of the world model. */
export type Networks = ReturnType<typeof createNetworks> & { policy?: Actor; value?: Critic }
