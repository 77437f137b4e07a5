// The door to ONNX Runtime: the only file that imports onnxruntime-node. `run` blocks its thread, so nothing that
// serves requests calls it on its own event loop: executors do (executor.ts).
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { DimaError } from '../common/errors.ts'
import type { Feeds, NamedTensors, Tensor } from '../common/tensors.ts'
import { type Device, type DevicePolicy, POLICIES } from './device.ts'
import { fitted } from './fitted/fitted.ts'

/** The engine's version, for a bundle's manifest. */
export const ENGINE_VERSION = env.versions.node ?? env.versions.common

export interface GraphSessionOptions {
  /** intra-op threads; one per session is fastest when each core has its own executor */
  threads?: number
  /** default cpu */
  device?: Device
  /** a file to write the graph to as ONNX Runtime optimised it, which is what it runs */
  optimisedPath?: string
  /** of several: CUDA's number of it; default 0 */
  card?: number
  /** default: the device's */
  policy?: DevicePolicy
}

export interface GraphSession {
  /**
   * Runs the graph. `outputs` may give buffers to write into; other outputs are allocated. Inputs are read in a later turn
   * of the event loop: nobody may write into them until the promise settles.
   */
  run(inputs: NamedTensors, outputs?: NamedTensors): Promise<NamedTensors>
  /** What suits the device it computes on; that of the CPU where it is not said. */
  readonly policy?: DevicePolicy
  /** Shape of an input as the graph declares it; a dimension that follows the batch is 0. */
  inputShape(name: string): number[]
  release(): Promise<void>
}

/** A tensor as a graph declares it: sizes by axis, a text where a size is free. */
export interface Declared {
  name: string
  type: string
  shape: (number | string)[]
}

/** A session that takes bytes for inputs that are bool, too, and can say what its graph declares. */
export interface OpenGraphSession extends GraphSession {
  run(inputs: Feeds, outputs?: NamedTensors): Promise<NamedTensors>
  readonly inputs: Declared[]
  readonly outputs: Declared[]
}

/** What suits where it is opened. */
export const policyOf = ({
  device = 'cpu',
  policy = POLICIES[device],
}: GraphSessionOptions = {}): DevicePolicy => policy

const toOrt = ({ data, shape }: Tensor<Float32Array | Uint8Array>) =>
  data instanceof Uint8Array ? new OrtTensor('bool', data, shape) : new OrtTensor('float32', data, shape)
const toOrtAll = (tensors: Feeds) =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, toOrt(value)]))

/**
 * Opens a graph. DimaError `invalid_config` where the device can't be had: the CPU never stands in for another device.
 * Single operations that a device's provider lacks run on the CPU all the same; that is ONNX Runtime's own way.
 */
export async function openGraphSession(
  graph: Uint8Array,
  options: GraphSessionOptions = {},
): Promise<OpenGraphSession> {
  const session = await create(await fitted(graph, options.device ?? 'cpu'), options)
  const shapes = new Map(session.inputMetadata.map((input) => [input.name, fixedShape(input)]))
  return {
    policy: policyOf(options),
    inputs: session.inputMetadata.map(declared),
    outputs: session.outputMetadata.map(declared),
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

/** Idle threads sleep instead of spinning: the machine is shared. */
async function create(
  graph: Uint8Array,
  { threads = 1, device = 'cpu', card = 0, optimisedPath }: GraphSessionOptions,
): Promise<InferenceSession> {
  const opening = InferenceSession.create(graph, {
    executionProviders: [device === 'cuda' ? { name: device, deviceId: card } : device],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4, // what is wrong comes as an error; lines of its own would only be in the way of a log
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...(optimisedPath === undefined ? {} : { optimizedModelFilePath: optimisedPath }),
  })
  return device === 'cpu' ? opening : opening.catch((cause: Error) => refuse(device, cause))
}

/** What to do where a device is missing. */
const REMEDY: Record<Exclude<Device, 'cpu'>, string> = {
  cuda:
    'The lines of ONNX Runtime above name the file that failed. Install its CUDA library as docs/devices.md says; it' +
    ' needs an NVIDIA driver, CUDA 12 and cuDNN 9.',
  webgpu: 'It needs a graphics card with a Vulkan driver (Linux), Direct3D 12 or Metal: see docs/devices.md.',
}

function refuse(device: keyof typeof REMEDY, { message }: Error): never {
  const reason = message.replace(/^.*(?=Failed to )/s, '').trim() // without the place in ONNX Runtime's source
  throw new DimaError('invalid_config', `no session on device ${device}: ${reason}. ${REMEDY[device]}`, {
    field: 'device',
    expected: 'cpu, or a device that this machine has',
    given: device,
  })
}

const declared = (value: InferenceSession.ValueMetadata): Declared =>
  value.isTensor
    ? { name: value.name, type: value.type, shape: [...value.shape] }
    : { name: value.name, type: 'no tensor', shape: [] }

const fixedShape = (input: InferenceSession.ValueMetadata): number[] =>
  input.isTensor ? input.shape.map((size) => (typeof size === 'number' ? size : 0)) : []
