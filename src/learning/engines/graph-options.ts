// How graphs must be built for a device.

import type { Device } from '../../engine/device.ts'
import { WEBGPU_SPLIT_OUTPUTS } from '../../engine/fitted.ts'
import type { BuilderOptions } from '../../graph/graph-builder.ts'

export const graphOptions = (device: Device = 'cpu'): BuilderOptions =>
  device === 'webgpu' ? { maxSplitOutputs: WEBGPU_SPLIT_OUTPUTS } : {}
