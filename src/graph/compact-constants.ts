// Weights in a quarter or half of the bytes: constants whose numbers allow it are stored as int8 with a scale a column, or as float16,
// and made float32 by nodes. Nothing is lost, and nothing is slower: ONNX Runtime folds these nodes when it opens a session.
import { isHalf, toHalf } from '../common/float16.ts'
import { scaledColumnsOf } from '../common/scaled-columns.ts'
import type { Constant, Graph, GraphNode } from './graph.ts'
import { DATA_TYPE } from './onnx.ts'

/** A node takes about a hundred bytes: what would not save several times as many stays as it is. */
const SMALLEST = 256

type Stored = Pick<Graph, 'nodes'> & { constants: [string, Constant][] }

export function compactConstants(graph: Graph): Graph {
  const stored = [...graph.constants].map(([name, constant]) => compacted(name, constant))
  const constants = new Map(stored.flatMap((one) => one.constants))
  return { ...graph, constants, nodes: [...stored.flatMap(({ nodes }) => nodes), ...graph.nodes] }
}

function compacted(name: string, constant: Constant): Stored {
  const asItIs: Stored = { constants: [[name, constant]], nodes: [] }
  const { dtype, shape, values } = constant
  if (dtype !== 'float32' || values.length < SMALLEST) return asItIs
  const floats = values as Float32Array
  return inColumns(name, shape, floats) ?? halved(name, shape, floats) ?? asItIs
}

function inColumns(name: string, shape: number[], floats: Float32Array): Stored | undefined {
  const [rows, columns] = shape as [number, number]
  const matrix = shape.length === 2 && rows > 1 ? scaledColumnsOf(floats, columns) : undefined
  if (!matrix) return undefined
  const [numbers, whole, scale] = [`${name}/int8`, `${name}/numbers`, `${name}/scale`]
  return {
    constants: [
      [numbers, { dtype: 'int8', shape, values: new Uint8Array(matrix.numbers.buffer) }],
      [scale, { dtype: 'float32', shape: [columns], values: matrix.scales }],
    ],
    nodes: [castOf(numbers, whole), { op: 'Mul', inputs: [whole, scale], outputs: [name], attributes: {} }],
  }
}

function halved(name: string, shape: number[], floats: Float32Array): Stored | undefined {
  if (!isHalf(floats)) return undefined
  const half = `${name}/float16`
  const values = new Uint8Array(toHalf(floats).buffer)
  return { constants: [[half, { dtype: 'float16', shape, values }]], nodes: [castOf(half, name)] }
}

const castOf = (from: string, to: string): GraphNode => ({
  op: 'Cast',
  inputs: [from],
  outputs: [to],
  attributes: { to: { i: DATA_TYPE.float32 } },
})
