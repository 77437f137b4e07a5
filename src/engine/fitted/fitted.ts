// A graph made to fit a device. Bundles are exported once, for all: what a device can't run, or runs faster in another
// form, is rewritten when it is opened. Graphs inside nodes stay as they are.
import type { GraphProto, ModelProto } from '../../graph/onnx.ts'
import type { Device } from '../device.ts'

/** Rewrites a graph in place; false where there is nothing to rewrite. */
export type Rewrite = (graph: GraphProto) => boolean

const REWRITES: Partial<Record<Device, () => Promise<Rewrite>>> = {
  cuda: async () => (await import('./row-normalisation.ts')).normaliseByRow,
  webgpu: async () => (await import('./narrow-splits.ts')).narrowSplits,
}

/** The bytes for a device: the same unless something in them must change. */
export async function fitted(bytes: Uint8Array, device: Device): Promise<Uint8Array> {
  const rewrite = await REWRITES[device]?.()
  if (!rewrite) return bytes
  const { decodeModel, encodeModel, PRODUCER } = await import('../../graph/onnx.ts')
  const model = read(bytes, decodeModel)
  // Of graphs that others wrote not every field is known here; such a one is refused by the device if it does not fit.
  if (model?.producerName !== PRODUCER || !rewrite(model.graph)) return bytes
  return encodeModel(model)
}

/** Undefined for what is no graph: the engine has words for it. */
function read(bytes: Uint8Array, decode: (bytes: Uint8Array) => ModelProto): ModelProto | undefined {
  try {
    return decode(bytes)
  } catch {
    return undefined
  }
}
