// The three learners of a world model with their data, objectives and counters, and their state as one piece.
import type { TaskSpec } from '../env/task-spec.ts'
import { decoderObjective } from './decoder-objective.ts'
import { denoiserObjective } from './denoiser-objective.ts'
import { createEngine } from './engines/engine.ts'
import { Learner } from './learner.ts'
import type { ReplayObjective } from './objectives.ts'
import { VisitSampler } from './replay.ts'
import { rewardObjective } from './reward-objective.ts'
import type { RunConfig } from './train-config.ts'
import { createNetworks, dimensionsOf, type NetworkName } from './world-model.ts'

export interface Learners {
  byName: Record<NetworkName, Learner>
  samplers: { decoder: VisitSampler; reward: VisitSampler }
}

export function createObjectives(task: TaskSpec, config: Pick<RunConfig, 'networks' | 'hyperparameters'>) {
  const { networks: sizes, hyperparameters: hyper } = config
  const dims = dimensionsOf(task)
  const networks = createNetworks(dims, sizes)
  const samplers = { decoder: new VisitSampler(), reward: new VisitSampler() }
  const reward = { ...hyper.reward, dropout: sizes.reward.dropout }
  const objectives: Record<NetworkName, ReplayObjective> = {
    decoder: decoderObjective(networks.decoder, dims, hyper.decoder, samplers.decoder),
    denoiser: denoiserObjective(networks.denoiser, dims, { ...hyper.denoiser, recency: hyper.recency }),
    reward: rewardObjective(networks.reward, dims, reward, samplers.reward),
  }
  return { objectives, samplers }
}

/** Compiles the train steps and draws the initial weights. */
export async function createLearners(task: TaskSpec, config: RunConfig): Promise<Learners> {
  const { objectives, samplers } = createObjectives(task, config)
  const { hyperparameters: hyper, seed } = config
  const engine = await createEngine(config.engine, config.threads)
  const learner = (name: NetworkName) =>
    Learner.create(
      objectives[name],
      { clipNorm: hyper[name].clipNorm, weightDecay: hyper[name].weightDecay, seed },
      engine,
    )
  const byName = {
    decoder: await learner('decoder'),
    denoiser: await learner('denoiser'),
    reward: await learner('reward'),
  }
  return { byName, samplers }
}
