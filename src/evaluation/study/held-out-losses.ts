// The denoiser's own loss on held-out episodes, with one agent visible and with all: their gap is what the hidden agents'
// actions decide (method.md 7.4). The released code's late training ended at 0.045 with one (7.5).

import type { Episode } from '../../episodes/replay/episode.ts'
import { planBuckets, unpackBuckets } from '../../graph/train-step.ts'
import { NETWORK_PRESETS } from '../../worlds/dima/networks/presets.ts'
import { denoiserBatches } from '../../worlds/dima/train/denoiser-batch.ts'
import { denoiserObjective } from '../../worlds/dima/train/denoiser-objective.ts'
import { createNetworks, dimensionsOf } from '../../worlds/dima/train/world-model.ts'
import { lossByEpisode } from '../reproduce/held-out-loss.ts'
import type { TrainedDenoiser } from './subject.ts'
import { denoiserHyperparameters } from './train-denoiser.ts'

export interface HeldOutLosses {
  oneVisible: number
  allVisible: number
}

export async function heldOutLosses(
  { task, preset, statistics, parameters }: TrainedDenoiser,
  episodes: Episode[],
  seed: number,
): Promise<HeldOutLosses> {
  const dims = dimensionsOf(task)
  const { denoiser } = createNetworks(dims, NETWORK_PRESETS[preset])
  const weights = unpackBuckets(planBuckets(denoiser.parameters), parameters)
  const mean = async (oneAgentShare: number) => {
    const shares = { oneAgentShare, allAgentsShare: 1 - oneAgentShare }
    const config = { ...denoiserHyperparameters(preset, 'mixed'), ...shares, recency: [1], selfFed: 1 }
    const objective = denoiserObjective(denoiser, dims, config)
    const begin = () => denoiserBatches(dims, config)
    const options = { episodes, units: { statistics, least: task.leastDeviation }, batches: 4, seed }
    const losses = await lossByEpisode(objective, begin, weights, options)
    return losses.reduce((sum, loss) => sum + loss / losses.length, 0)
  }
  return { oneVisible: await mean(1), allVisible: await mean(0) }
}
