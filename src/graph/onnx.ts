// ONNX protobuf messages, as far as this project writes them.
// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (proto2; IR version 8 = ONNX 1.12).
import protobuf from 'protobufjs/light.js'

/** Who wrote a model, as it says. */
export const PRODUCER = 'onnx-trace'

/** TensorProto.DataType. */
export const DATA_TYPE = {
  float32: 1,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const

/** AttributeProto.AttributeType. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const

export interface AttributeProto {
  name: string
  type: number
  f?: number
  i?: number
  s?: Uint8Array
  /** The body of a Loop. */
  g?: GraphProto
  ints?: number[]
}

export interface NodeProto {
  name: string
  opType: string
  input: string[]
  output: string[]
  attribute: AttributeProto[]
}

export interface TensorProto {
  name: string
  dims: number[]
  dataType: number
  /** Little-endian values. */
  rawData: Uint8Array
}

export interface DimensionProto {
  dimValue?: number
  dimParam?: string
}

export interface ValueInfoProto {
  name: string
  type: { tensorType: { elemType: number; shape: { dim: DimensionProto[] } } }
}

export interface GraphProto {
  name: string
  node: NodeProto[]
  initializer: TensorProto[]
  input: ValueInfoProto[]
  output: ValueInfoProto[]
}

export interface ModelProto {
  irVersion: number
  producerName: string
  opsetImport: { domain: string; version: number }[]
  graph: GraphProto
}

const field = (id: number, type: string) => ({ id, type })
const list = (id: number, type: string) => ({ id, type, rule: 'repeated' })
/** proto2, as onnx.proto: a field that is zero is still written, and the checker wants it. */
const message = (fields: Record<string, object>) => ({ edition: 'proto2', fields })

const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: message({
      irVersion: field(1, 'int64'),
      producerName: field(2, 'string'),
      graph: field(7, 'GraphProto'),
      opsetImport: list(8, 'OperatorSetIdProto'),
    }),
    OperatorSetIdProto: message({ domain: field(1, 'string'), version: field(2, 'int64') }),
    GraphProto: message({
      node: list(1, 'NodeProto'),
      name: field(2, 'string'),
      initializer: list(5, 'TensorProto'),
      input: list(11, 'ValueInfoProto'),
      output: list(12, 'ValueInfoProto'),
    }),
    NodeProto: message({
      input: list(1, 'string'),
      output: list(2, 'string'),
      name: field(3, 'string'),
      opType: field(4, 'string'),
      attribute: list(5, 'AttributeProto'),
    }),
    AttributeProto: message({
      name: field(1, 'string'),
      f: field(2, 'float'),
      i: field(3, 'int64'),
      s: field(4, 'bytes'),
      g: field(6, 'GraphProto'),
      ints: list(8, 'int64'),
      type: field(20, 'int32'),
    }),
    TensorProto: message({
      dims: list(1, 'int64'),
      dataType: field(2, 'int32'),
      name: field(8, 'string'),
      rawData: field(9, 'bytes'),
    }),
    ValueInfoProto: message({ name: field(1, 'string'), type: field(2, 'TypeProto') }),
    TypeProto: message({ tensorType: field(1, 'TensorTypeProto') }),
    TensorTypeProto: message({ elemType: field(1, 'int32'), shape: field(2, 'TensorShapeProto') }),
    TensorShapeProto: message({ dim: list(1, 'DimensionProto') }),
    DimensionProto: message({ dimValue: field(1, 'int64'), dimParam: field(2, 'string') }),
  },
} as Parameters<typeof protobuf.Root.fromJSON>[0])

const modelType = root.lookupType('ModelProto')

export const encodeModel = (model: ModelProto): Uint8Array => modelType.encode(model).finish()

/** The inverse of `encodeModel`; fields that it does not know are dropped. */
export const decodeModel = (bytes: Uint8Array): ModelProto =>
  modelType.toObject(modelType.decode(bytes), { longs: Number, arrays: true }) as ModelProto
