// Graphs that this program wrote, to be changed where a device wants it.
import type { ModelProto } from '../graph/onnx.ts'

/**
 * Undefined for what others wrote, of which not every field is known here, and for what is no graph: the engine has words
 * for it. What reads graphs is loaded with the first.
 */
export async function ownModel(bytes: Uint8Array): Promise<ModelProto | undefined> {
  const { decodeModel, PRODUCER } = await import('../graph/onnx.ts')
  try {
    const model = decodeModel(bytes)
    return model.producerName === PRODUCER ? model : undefined
  } catch {
    return undefined
  }
}
