// A denoiser that was trained alone, made a simulator. Decoder and reward model have fresh weights: only states are looked
// at, and what the other two cost does not depend on their weights.
import { initialValues, type Parameter } from '../../common/parameters.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import { packBuckets, planBuckets } from '../../graph/train-step.ts'
import { Simulator } from '../../inference/simulator/simulator.ts'
import { NETWORK_PRESETS, type PresetName } from '../../networks/presets.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import { imaginationOf } from '../world-model/trained-model.ts'
import { createNetworks, dimensionsOf } from '../world-model/world-model.ts'

export interface TrainedDenoiser {
  task: TaskSpec
  preset: PresetName
  /** of the states that it was trained on: its units */
  statistics: Checkpoint['statistics']
  /** by bucket */
  parameters: Float32Array[]
}

export async function simulatorOf({
  task,
  preset,
  statistics,
  parameters: denoiser,
}: TrainedDenoiser): Promise<Simulator> {
  const networks = createNetworks(dimensionsOf(task), NETWORK_PRESETS[preset])
  const fresh = (parameters: readonly Parameter[]) =>
    packBuckets(planBuckets(parameters), initialValues(parameters, 1))
  const { spec, graphs } = imaginationOf(task, { networks: NETWORK_PRESETS[preset] }, { statistics }, [
    fresh(networks.decoder.parameters),
    denoiser,
    fresh(networks.reward.parameters),
  ])
  return Simulator.open(spec, async (name) => graphs[name])
}
