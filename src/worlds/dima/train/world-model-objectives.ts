// What a world model's three networks are trained on, with the counters that batches are drawn by.
import type { TaskSpec } from '../../../env/task-spec.ts'
import { VisitSampler } from '../../../episodes/replay/replay.ts'
import type { ReplayObjective } from '../../../learning/objectives.ts'
import { decoderObjective } from './decoder-objective.ts'
import { denoiserObjective } from './denoiser-objective.ts'
import type { WorldModelConfig } from './hyperparameters.ts'
import { rewardObjective } from './reward-objective.ts'
import { createNetworks, dimensionsOf, type NetworkName } from './world-model.ts'

export interface WorldModelObjectives {
  objectives: Record<NetworkName, ReplayObjective>
  samplers: { decoder: VisitSampler; reward: VisitSampler }
}

export function createObjectives(task: TaskSpec, config: WorldModelConfig): WorldModelObjectives {
  const { networks: sizes, hyperparameters: hyper } = config
  const dims = dimensionsOf(task)
  const networks = createNetworks(dims, sizes)
  const samplers = { decoder: new VisitSampler(), reward: new VisitSampler() }
  const reward = { ...hyper.reward, dropout: sizes.reward.dropout, timeLimitIsEnd: hyper.timeLimitIsEnd }
  const objectives: Record<NetworkName, ReplayObjective> = {
    decoder: decoderObjective(networks.decoder, dims, hyper.decoder, samplers.decoder),
    denoiser: denoiserObjective(networks.denoiser, dims, { ...hyper.denoiser, recency: hyper.recency }),
    reward: rewardObjective(networks.reward, dims, reward, samplers.reward),
  }
  return { objectives, samplers }
}
