// A denoiser that was trained alone, made a simulator. Decoder and reward model have fresh weights: only states are looked
// at, and what the other two cost does not depend on their weights.

import type { Checkpoint } from '../../algorithms/dima/checkpoint.ts'
import { initialValues, type Parameter } from '../../common/parameters.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import { packBuckets, planBuckets } from '../../graph/train-step.ts'
import type { PresetName } from '../../networks/policy-sizes.ts'
import { type DenoiserConfig, NETWORK_PRESETS } from '../../worlds/dima/networks/presets.ts'
import { asDimaGraphs } from '../../worlds/dima/serve/spec.ts'
import { imaginationOf } from '../../worlds/dima/train/imagination.ts'
import { createNetworks, dimensionsOf } from '../../worlds/dima/train/world-model.ts'
import { openGraphs } from '../../worlds/open-simulator.ts'
import type { StudiedWorld } from './plan-errors.ts'

export interface TrainedDenoiser {
  task: TaskSpec
  preset: PresetName
  /** of its denoiser; default: the preset's */
  sizes?: DenoiserConfig
  /** of the states that it was trained on: its units */
  statistics: Checkpoint['statistics']
  /** by bucket */
  parameters: Float32Array[]
}

export async function simulatorOf({
  task,
  preset,
  sizes = NETWORK_PRESETS[preset].denoiser,
  statistics,
  parameters: denoiser,
}: TrainedDenoiser): Promise<StudiedWorld> {
  const all = { ...NETWORK_PRESETS[preset], denoiser: sizes }
  const networks = createNetworks(dimensionsOf(task), all)
  const fresh = (parameters: readonly Parameter[]) =>
    packBuckets(planBuckets(parameters), initialValues(parameters, 1))
  const { spec, graphs } = imaginationOf(task, { networks: all }, { statistics }, [
    fresh(networks.decoder.parameters),
    denoiser,
    fresh(networks.reward.parameters),
  ])
  return { spec, graphs: asDimaGraphs(await openGraphs({ ...graphs })) }
}

export async function closeWorld({ graphs }: StudiedWorld): Promise<void> {
  for (const session of Object.values(graphs)) await session.release()
}
