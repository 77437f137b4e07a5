// How graphs must be built for a device.

import type { Device } from '../../engine/device.ts'
import { WEBGPU_SPLIT_OUTPUTS } from '../../engine/fitted/narrow-splits.ts'
import type { BuilderOptions } from '../../graph/graph-builder.ts'
import type { TrainStepOptions } from '../../graph/train-step.ts'

type GraphOptions = BuilderOptions & Pick<TrainStepOptions, 'joinUpdates'>

export function graphOptions(device: Device = 'cpu'): GraphOptions {
  if (device === 'cpu') return {}
  return { joinUpdates: true, ...(device === 'webgpu' ? { maxSplitOutputs: WEBGPU_SPLIT_OUTPUTS } : {}) }
}
