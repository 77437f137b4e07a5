// An epoch's updates of the world model: its three networks side by side, each in its own order.

import { Rng } from '../../../common/rng.ts'
import type { NamedTensors } from '../../../common/tensors.ts'
import type { Data } from '../../../episodes/replay/intake.ts'
import type { Lanes } from '../../../learning/lanes/lanes.ts'
import type { Trains } from '../../../learning/lanes/trains.ts'
import type { MetricLine } from '../../../learning/learner.ts'
import type { WorldModelHyperparameters } from './hyperparameters.ts'
import { NETWORK_NAMES, type NetworkName } from './world-model.ts'
import type { WorldModelBatches } from './world-model-batches.ts'

/** A line of metrics every this many updates, and at the end of every epoch. */
const LOG_EVERY = 50

export interface WorldModelPhase {
  lanes: Lanes
  draw: WorldModelBatches['draw']
  hyperparameters: WorldModelHyperparameters
  seed: number
  data: Data
  epoch: number
  /** updates that learners take in a call */
  stepsPerCall: number
  /** times that all updates of an epoch are made */
  rounds: number
  /** learning rate of an update (0 for the run's first) at a share of this epoch */
  rate(name: NetworkName, update: number, epochShare: number): number
  /** after every update */
  onUpdate(name: NetworkName, loss: number, epochShare: number): void
  signal?: AbortSignal | undefined
}

/** Lines of metrics, network by network. Where one of them fails the others end after the update at hand. */
export async function trainWorldModel(phase: WorldModelPhase): Promise<MetricLine[]> {
  const failed = new AbortController()
  const signal = phase.signal ? AbortSignal.any([phase.signal, failed.signal]) : failed.signal
  const lines = NETWORK_NAMES.map(async (name) => {
    try {
      return await trainNetwork({ ...phase, signal }, name)
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  await Promise.allSettled(lines)
  failed.signal.throwIfAborted()
  return (await Promise.all(lines)).flat()
}

async function trainNetwork(phase: WorldModelPhase, name: NetworkName): Promise<MetricLine[]> {
  const { hyperparameters: hyper, epoch, signal, stepsPerCall } = phase
  const learner = phase.lanes.learner(name)
  const updates = hyper[name].updatesPerEpoch * phase.rounds
  const lines: MetricLine[] = []
  for (let i = 0; i < updates && !signal?.aborted; ) {
    const count = i + stepsPerCall <= updates ? stepsPerCall : 1
    const steps = Array.from({ length: count }, (_, k) =>
      drawStep(phase, name, learner.updates + k, (i + k) / updates),
    )
    const metrics = await take(learner, steps)
    for (const [k, one] of metrics.entries()) {
      phase.onUpdate(name, one.loss!, ++i / updates)
      const update = learner.updates - count + k + 1
      if (i % LOG_EVERY === 0 || i === updates)
        lines.push({ epoch, network: name, update, learning_rate: steps[k]!.rate, ...one })
    }
  }
  return lines
}

interface Step {
  batch: NamedTensors
  rate: number
}

/** @param update 0 for the first of the run; @param share of this epoch's updates that lies behind */
function drawStep(phase: WorldModelPhase, name: NetworkName, update: number, share: number): Step {
  const { draw, seed, data } = phase
  return {
    batch: draw[name](data, new Rng(seed, name, update)),
    rate: phase.rate(name, update, share),
  }
}

async function take(learner: Trains, steps: readonly Step[]): Promise<Record<string, number>[]> {
  const [first] = steps
  if (steps.length === 1) return [await learner.step(first!.batch, first!.rate)]
  return learner.stepMany(
    steps.map(({ batch }) => batch),
    steps.map(({ rate }) => rate),
  )
}
