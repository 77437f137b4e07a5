// What a world model's three networks are trained on; each is built where it is trained.
import type { TaskSpec } from '../../../env/task-spec.ts'
import type { Objective } from '../../../learning/objectives.ts'
import { createDenoiser } from '../networks/denoiser.ts'
import { createRewardModel } from '../networks/reward-model.ts'
import { createStateDecoder } from '../networks/state-decoder.ts'
import { decoderObjective } from './decoder-objective.ts'
import { denoiserObjective } from './denoiser-objective.ts'
import type { WorldModelConfig } from './hyperparameters.ts'
import { rewardObjective } from './reward-objective.ts'
import { dimensionsOf, type NetworkName } from './world-model.ts'

export function worldModelObjectives(
  task: TaskSpec,
  { networks: sizes, hyperparameters: hyper }: WorldModelConfig,
): Record<NetworkName, () => Objective> {
  const dims = dimensionsOf(task)
  const sequences = { batch: hyper.reward.batch, network: sizes.reward }
  return {
    decoder: () => decoderObjective(createStateDecoder(dims, sizes.decoder), dims, hyper.decoder),
    denoiser: () => denoiserObjective(createDenoiser(dims, sizes.denoiser), dims, hyper.denoiser),
    reward: () => rewardObjective(createRewardModel(dims, sizes.reward), dims, sequences),
  }
}
