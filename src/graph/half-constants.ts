// Weights in half the bytes: constants whose numbers are all half-precision ones are stored as such and cast to float32.
// Nothing is lost, and nothing is slower: ONNX Runtime folds the casts when it opens a session.
import { isHalf, toHalf } from '../common/float16.ts'
import type { Constant, Graph, GraphNode } from './graph.ts'
import { DATA_TYPE } from './onnx.ts'

/** A node takes about a hundred bytes: what would not save several times as many stays as it is. */
const SMALLEST = 256

export function halveConstants(graph: Graph): Graph {
  const constants = new Map<string, Constant>()
  const casts: GraphNode[] = []
  for (const [name, constant] of graph.constants) {
    const half = halved(constant)
    if (half) casts.push(castOf(name))
    constants.set(half ? storedName(name) : name, half ?? constant)
  }
  return { ...graph, constants, nodes: [...casts, ...graph.nodes] }
}

function halved({ dtype, shape, values }: Constant): Constant | undefined {
  if (dtype !== 'float32' || values.length < SMALLEST) return undefined
  const floats = values as Float32Array
  if (!isHalf(floats)) return undefined
  return { dtype: 'float16', shape, values: new Uint8Array(toHalf(floats).buffer) }
}

const storedName = (name: string) => `${name}/float16`

const castOf = (name: string): GraphNode => ({
  op: 'Cast',
  inputs: [storedName(name)],
  outputs: [name],
  attributes: { to: { i: DATA_TYPE.float32 } },
})
