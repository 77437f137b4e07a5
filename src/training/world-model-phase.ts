// An epoch's updates of the world model: its three networks side by side, each in its own order.
import { Rng } from '../common/rng.ts'
import type { Hyperparameters } from './hyperparameters.ts'
import type { Lanes } from './lanes/lanes.ts'
import type { Data } from './objectives.ts'
import type { MetricLine } from './run-folder.ts'
import { learningRate } from './schedule.ts'
import { NETWORK_NAMES, type NetworkName } from './world-model.ts'
import type { WorldModelObjectives } from './world-model-objectives.ts'

/** A line of metrics every this many updates, and at the end of every epoch. */
const LOG_EVERY = 50

export interface WorldModelPhase {
  lanes: Lanes
  objectives: WorldModelObjectives['objectives']
  hyperparameters: Hyperparameters
  seed: number
  data: Data
  epoch: number
  /** times that all updates of an epoch are made */
  rounds: number
  /** the share of all training that lies behind at a share of this epoch */
  shareDone(epochShare: number): number
  /** after every update */
  onUpdate(name: NetworkName, loss: number, epochShare: number): void
  signal?: AbortSignal | undefined
}

/** Lines of metrics, network by network. */
export async function trainWorldModel(phase: WorldModelPhase): Promise<MetricLine[]> {
  const lines = await Promise.all(NETWORK_NAMES.map((name) => trainNetwork(phase, name)))
  return lines.flat()
}

async function trainNetwork(phase: WorldModelPhase, name: NetworkName): Promise<MetricLine[]> {
  const { lanes, objectives, hyperparameters: hyper, seed, data, epoch, signal } = phase
  const learner = lanes.learner(name)
  const updates = hyper[name].updatesPerEpoch * phase.rounds
  const lines: MetricLine[] = []
  for (let i = 0; i < updates && !signal?.aborted; i++) {
    const batch = objectives[name].batch(data, new Rng(seed, name, learner.updates))
    const rate = learningRate(hyper[name], learner.updates, phase.shareDone(i / updates))
    const metrics = await learner.step(batch, rate)
    phase.onUpdate(name, metrics.loss!, (i + 1) / updates)
    if ((i + 1) % LOG_EVERY === 0 || i + 1 === updates)
      lines.push({ epoch, network: name, update: learner.updates, learning_rate: rate, ...metrics })
  }
  return lines
}
