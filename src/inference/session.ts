// The door to ONNX Runtime: the only file that imports onnxruntime-node. `run` blocks its thread, so nothing that
// serves requests calls it on its own event loop: executors do (executor.ts).
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import type { NamedTensors, Tensor } from '../common/tensors.ts'

/** The engine's version, for a bundle's manifest. */
export const ENGINE_VERSION = env.versions.node ?? env.versions.common

export interface SessionOptions {
  /** intra-op threads; one per session is fastest when each core has its own executor */
  threads?: number
}

export interface Session {
  /** Runs the graph. `outputs` may give buffers to write into; other outputs are allocated. */
  run(inputs: NamedTensors, outputs?: NamedTensors): Promise<NamedTensors>
  /** Of an input as the graph declares it; a dimension that follows the batch is 0. */
  inputShape(name: string): number[]
  release(): Promise<void>
}

const toOrt = ({ data, shape }: Tensor) => new OrtTensor('float32', data, shape)
const toOrtAll = (tensors: NamedTensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, toOrt(value)]))

/** Opens a graph on the CPU provider. Idle threads sleep instead of spinning: the machine is shared. */
export async function openSession(graph: Uint8Array, { threads = 1 }: SessionOptions = {}): Promise<Session> {
  const session = await InferenceSession.create(graph, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })
  const shapes = new Map(session.inputMetadata.map((input) => [input.name, fixedShape(input)]))
  return {
    run: async (inputs, outputs = {}) => {
      const fetches = Object.fromEntries(session.outputNames.map((name) => [name, null as OrtTensor | null]))
      for (const [name, value] of Object.entries(outputs)) fetches[name] = toOrt(value)
      const results = await session.run(toOrtAll(inputs), fetches)
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]) => [
          name,
          { data: data as Float32Array, shape: [...dims] },
        ]),
      )
    },
    inputShape: (name) => shapes.get(name) ?? [],
    release: () => session.release(),
  }
}

const fixedShape = (input: InferenceSession.ValueMetadata): number[] =>
  input.isTensor ? input.shape.map((size) => (typeof size === 'number' ? size : 0)) : []
