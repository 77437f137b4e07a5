// A graph made to fit a device. Bundles are exported once, for all: what WebGPU can't run is rewritten when it is opened.

import type { ModelProto, NodeProto, TensorProto } from '../graph/onnx.ts'
import type { Device } from './device.ts'

/** WebGPU promises 8 storage buffers a shader: one is a Split's input, the others its outputs. */
export const WEBGPU_SPLIT_OUTPUTS = 7

/** The bytes for a device: the same unless something in them must change. Graphs inside nodes stay as they are. */
export async function fitted(bytes: Uint8Array, device: Device): Promise<Uint8Array> {
  if (device !== 'webgpu') return bytes
  const { DATA_TYPE, decodeModel, encodeModel, PRODUCER } = await import('../graph/onnx.ts')
  const model = read(bytes, decodeModel)
  // Of graphs that others wrote not every field is known here; such a one is refused by the device if it does not fit.
  if (model?.producerName !== PRODUCER || !model.graph.node.some(isWide)) return bytes
  splitTwice(model, DATA_TYPE.int64)
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

const isWide = ({ opType, output }: NodeProto): boolean =>
  opType === 'Split' && output.length > WEBGPU_SPLIT_OUTPUTS

/** Each wide Split becomes one into parts, and one of each part, until all are narrow. */
function splitTwice({ graph }: ModelProto, int64: number): void {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  const constant = (name: string, sizes: number[]): string => {
    graph.initializer.push({
      name,
      dims: [sizes.length],
      dataType: int64,
      rawData: new Uint8Array(BigInt64Array.from(sizes, BigInt).buffer),
    })
    return name
  }
  const narrow = (node: NodeProto, sizes: number[]): NodeProto[] => {
    if (node.output.length <= WEBGPU_SPLIT_OUTPUTS)
      return [{ ...node, input: [node.input[0]!, constant(`${node.name}.sizes`, sizes)] }]
    const length = Math.ceil(sizes.length / WEBGPU_SPLIT_OUTPUTS)
    const parts = cutBy(length, node.output).map((output, i) => ({ name: `${node.name}.${i}`, output }))
    const ownSizes = cutBy(length, sizes)
    const sums = ownSizes.map((own) => own.reduce((a, b) => a + b, 0))
    const first = {
      ...node,
      name: `${node.name}.parts`,
      output: parts.map(({ name, output }) => (output.length === 1 ? output[0]! : name)),
    }
    const rest = parts.flatMap(({ name, output }, i) =>
      output.length === 1 ? [] : narrow({ ...node, name, input: [name], output }, ownSizes[i]!),
    )
    return [...narrow(first, sums), ...rest]
  }
  graph.node = graph.node.flatMap((node) => {
    const sizes = isWide(node) ? constants.get(node.input[1] ?? '') : undefined
    return sizes ? narrow(node, numbersOf(sizes)) : [node]
  })
}

const cutBy = <T>(length: number, items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / length) }, (_, i) =>
    items.slice(i * length, (i + 1) * length),
  )

/** Of an int64 vector; its bytes begin wherever the file has them. */
const numbersOf = ({ rawData }: TensorProto): number[] =>
  [...new BigInt64Array(new Uint8Array(rawData).buffer)].map(Number)
