// For WebGPU: each wide Split becomes one into parts, and one of each part, until all are narrow.
import type { GraphProto, NodeProto } from '../../graph/onnx.ts'
import { intsOf, intVector } from '../../graph/onnx-constants.ts'

/** WebGPU promises 8 storage buffers a shader: one is a Split's input, the others its outputs. */
export const WEBGPU_SPLIT_OUTPUTS = 7

/** False where all are narrow. */
export function narrowSplits(graph: GraphProto): boolean {
  if (!graph.node.some(isWide)) return false
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  graph.node = graph.node.flatMap((node) => {
    const sizes = isWide(node) ? constants.get(node.input[1] ?? '') : undefined
    return sizes ? narrow(graph, node, intsOf(sizes)) : [node]
  })
  return true
}

const isWide = ({ opType, output }: NodeProto): boolean =>
  opType === 'Split' && output.length > WEBGPU_SPLIT_OUTPUTS

function narrow(graph: GraphProto, node: NodeProto, sizes: number[]): NodeProto[] {
  if (node.output.length <= WEBGPU_SPLIT_OUTPUTS) {
    const own = intVector(`${node.name}.sizes`, sizes)
    graph.initializer.push(own)
    return [{ ...node, input: [node.input[0]!, own.name] }]
  }
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
    output.length === 1 ? [] : narrow(graph, { ...node, name, input: [name], output }, ownSizes[i]!),
  )
  return [...narrow(graph, first, sums), ...rest]
}

const cutBy = <T>(length: number, items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / length) }, (_, i) =>
    items.slice(i * length, (i + 1) * length),
  )
