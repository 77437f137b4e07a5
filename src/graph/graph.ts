// A graph as the tracer, the dynamic-batch pass and the encoder share it: plain data, close to ONNX.
import { bytesOf } from '../common/packed-arrays.ts'
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  DATA_TYPE,
  encodeModel,
  type GraphProto,
  PRODUCER,
  type ValueInfoProto,
} from './onnx.ts'

export type DType = 'float32' | 'int32' | 'bool'

/** A named input of a graph. */
export interface ValueSpec {
  name: string
  shape: number[]
  /** Default float32. */
  dtype?: DType
  /** Whether the graph may ignore this input; otherwise an unused input is an error. */
  optional?: boolean
}

/** An input or output of a finished graph; a dimension is a number or the name of a dynamic one. */
export interface GraphValue {
  name: string
  shape: (number | string)[]
  dtype: DType
}

export type Attribute = { f: number } | { i: number } | { s: string } | { ints: number[] } | { g: Subgraph }

export interface GraphNode {
  op: string
  inputs: string[]
  outputs: string[]
  attributes: Record<string, Attribute>
}

export type Values = Float32Array | Int32Array | Uint8Array

/**
 * Float, int and bool constants come from tfjs; int64 ones are the shapes and axes that ONNX takes as inputs; int8 and
 * float16 ones are weights in a quarter or half of the bytes, and `values` are those bytes.
 */
export type Constant =
  | { dtype: DType | 'int8' | 'float16'; shape: number[]; values: Values }
  | { dtype: 'int64'; shape: number[]; values: number[] }

export interface Graph {
  name: string
  nodes: GraphNode[]
  constants: Map<string, Constant>
  inputs: GraphValue[]
  outputs: GraphValue[]
}

/** The body of a control-flow node. It may read any value of the graphs around it, so names must differ from theirs. */
export interface Subgraph extends Omit<Graph, 'inputs'> {
  inputs: (Omit<GraphValue, 'dtype'> & { dtype: Constant['dtype'] })[]
}

/** IR 8, opset 17: the first with LayerNormalization. */
export const IR_VERSION = 8
export const OPSET = 17

/** ONNX bytes in the standard domain. */
export function encodeGraph(graph: Graph): Uint8Array {
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: PRODUCER,
    opsetImport: [{ domain: '', version: OPSET }],
    graph: graphMessage(graph),
  })
}

const graphMessage = ({ name, nodes, constants, inputs, outputs }: Subgraph): GraphProto => ({
  name,
  node: nodes.map((node, index) => ({
    name: `${node.op}_${index}`,
    opType: node.op,
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes).map(([key, value]) => encodeAttribute(key, value)),
  })),
  initializer: [...constants].map(([key, constant]) => ({
    name: key,
    dims: constant.shape,
    dataType: DATA_TYPE[constant.dtype],
    rawData: constantBytes(constant),
  })),
  input: inputs.map(encodeValueInfo),
  output: outputs.map(encodeValueInfo),
})

function encodeAttribute(name: string, value: Attribute): AttributeProto {
  if ('f' in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.f }
  if ('i' in value) return { name, type: ATTRIBUTE_TYPE.int, i: value.i }
  if ('s' in value) return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value.s) }
  if ('g' in value) return { name, type: ATTRIBUTE_TYPE.graph, g: graphMessage(value.g) }
  return { name, type: ATTRIBUTE_TYPE.ints, ints: value.ints }
}

const encodeValueInfo = ({ name, shape, dtype }: Subgraph['inputs'][number]): ValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: DATA_TYPE[dtype],
      shape: { dim: shape.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d })) },
    },
  },
})

/** The bytes of a constant, without a copy where the values are a typed array. */
export function constantBytes(constant: Constant): Uint8Array {
  const values = constant.dtype === 'int64' ? BigInt64Array.from(constant.values, BigInt) : constant.values
  return bytesOf(values)
}
