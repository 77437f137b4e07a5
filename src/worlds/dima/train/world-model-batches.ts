// How batches of a world model's three networks are drawn, with the counters that two of them are drawn by.
import type { TaskSpec } from '../../../env/task-spec.ts'
import { VisitSampler } from '../../../episodes/replay/replay.ts'
import type { DrawBatch, Input } from '../../../learning/objectives.ts'
import { decoderBatches, decoderInputs } from './decoder-batch.ts'
import { denoiserBatches, denoiserInputs } from './denoiser-batch.ts'
import type { WorldModelConfig } from './hyperparameters.ts'
import { rewardBatches, rewardInputs } from './reward-batch.ts'
import { dimensionsOf, type NetworkName } from './world-model.ts'

export interface WorldModelBatches {
  draw: Record<NetworkName, DrawBatch>
  /** what a batch has */
  inputs: Record<NetworkName, Input[]>
  samplers: { decoder: VisitSampler; reward: VisitSampler }
}

export function worldModelBatches(
  task: TaskSpec,
  { networks: sizes, hyperparameters: hyper }: WorldModelConfig,
): WorldModelBatches {
  const dims = dimensionsOf(task)
  const samplers = { decoder: new VisitSampler(), reward: new VisitSampler() }
  const { timeLimitIsEnd, recency } = hyper
  const sequences = { batch: hyper.reward.batch, network: sizes.reward, timeLimitIsEnd }
  return {
    draw: {
      decoder: decoderBatches(dims, hyper.decoder, samplers.decoder),
      denoiser: denoiserBatches(dims, { ...hyper.denoiser, recency }),
      reward: rewardBatches(dims, sequences, samplers.reward),
    },
    inputs: {
      decoder: decoderInputs(dims, hyper.decoder),
      denoiser: denoiserInputs(dims, hyper.denoiser),
      reward: rewardInputs(dims, sequences),
    },
    samplers,
  }
}
