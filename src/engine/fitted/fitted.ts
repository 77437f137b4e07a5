// A graph made to fit a device. Bundles are exported once, for all: what a device can't run, or runs faster in another
// form, is rewritten when it is opened. Graphs inside nodes stay as they are.
import type { GraphProto } from '../../graph/onnx.ts'
import type { Device } from '../device.ts'
import { ownModel } from '../own-model.ts'

/** Rewrites a graph in place; false where there is nothing to rewrite. */
export type Rewrite = (graph: GraphProto) => boolean

const REWRITES: Partial<Record<Device, () => Promise<Rewrite>>> = {
  cuda: async () => (await import('./row-normalisation.ts')).normaliseByRow,
  webgpu: async () => (await import('./narrow-splits.ts')).narrowSplits,
}

/** The bytes for a device: the same unless something in them must change, and where others wrote them. */
export async function fitted(bytes: Uint8Array, device: Device): Promise<Uint8Array> {
  const rewrite = await REWRITES[device]?.()
  const model = rewrite && (await ownModel(bytes))
  if (!model || !rewrite(model.graph)) return bytes
  const { encodeModel } = await import('../../graph/onnx.ts')
  return encodeModel(model)
}
