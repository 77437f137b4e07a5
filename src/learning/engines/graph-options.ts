// How graphs must be built for a device.

import type { Device } from '../../engine/session.ts'
import type { BuilderOptions } from '../../graph/graph-builder.ts'

/** WebGPU promises 8 storage buffers a shader: one is the Split's input. */
const WEBGPU_SPLIT_OUTPUTS = 7

export const graphOptions = (device: Device = 'cpu'): BuilderOptions =>
  device === 'webgpu' ? { maxSplitOutputs: WEBGPU_SPLIT_OUTPUTS } : {}
