// Graphs that are not what their bundle says, made from those of a good one. Each keeps its names, so that only a look
// at what it does, or at what it holds, tells.
import {
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  decodeModel,
  encodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../../src/graph/onnx.ts'

type Change = (graph: GraphProto) => void

const changed =
  (change: Change) =>
  (bytes: Uint8Array): Uint8Array => {
    const model = decodeModel(bytes)
    change(model.graph)
    return encodeModel(model)
  }

/** A Loop of 2^62 rounds before the first output. */
export const endless = changed((graph) => {
  const { inner, output } = takeOutput(graph)
  graph.initializer.push(int64('rounds', [], [2 ** 62]), bool('on', true))
  const value = (name: string, elemType: number) => ({
    name,
    type: { tensorType: { elemType, shape: { dim: [] } } },
  })
  const body: GraphProto = {
    name: 'body',
    node: [node('Identity', ['on_in'], ['on_out']), node('Identity', ['x_in'], ['x_out'])],
    initializer: [],
    input: [value('i', DATA_TYPE.int64), value('on_in', DATA_TYPE.bool), value('x_in', DATA_TYPE.float32)],
    output: [value('on_out', DATA_TYPE.bool), value('x_out', DATA_TYPE.float32)],
  }
  const attribute = [{ name: 'body', type: ATTRIBUTE_TYPE.graph, g: body }]
  graph.node.push(node('Loop', ['rounds', 'on', inner], [output], attribute))
})

/** The same, where a reader of tags that are longer than 32 bits sees no graph and the engine sees one. */
export function hiddenEndless(bytes: Uint8Array): Uint8Array {
  const { graph, ...rest } = decodeModel(endless(bytes))
  const part = (fields: object) => encodeModel(fields as ModelProto)
  const tag = Uint8Array.of(0xba, 0x80, 0x80, 0x80, 0x10) // of field 7, and 2^32 more
  return Buffer.concat([part(rest), tag, part({ graph }).subarray(1)])
}

/** Products of large matrices, minutes of them, with nothing in the graph that looks odd. */
export const slow = changed((graph) => {
  const { inner, output } = takeOutput(graph)
  const side = 2048
  graph.initializer.push(float32('one', 1), float32('nothing', 0), int64('sides', [2], [side, side]))
  // The sum of the inputs is in it, so that it can't be computed ahead.
  graph.node.push(node('ReduceMean', [graph.input[0]!.name], ['sum'], keep(0)))
  graph.node.push(node('Expand', ['sum', 'sides'], ['m0']))
  for (let i = 0; i < 500; i++) {
    graph.node.push(node('MatMul', ['m0', `m${i}`], [`p${i}`]), node('Tanh', [`p${i}`], [`m${i + 1}`]))
  }
  graph.node.push(node('ReduceMean', ['m500'], ['mean'], keep(0)), node('Mul', ['mean', 'nothing'], ['zero']))
  graph.node.push(node('Add', [inner, 'zero'], [output]))
})

/** Takes some gigabytes. */
export const greedy = changed((graph) => {
  const { inner, output } = takeOutput(graph)
  graph.initializer.push(float32('nothing', 0), int64('sides', [3], [4, 32_768, 32_768]))
  graph.node.push(
    node('ReduceMean', [graph.input[0]!.name], ['sum'], keep(0)),
    node('Expand', ['sum', 'sides'], ['much']),
    node('ReduceMean', ['much'], ['mean'], keep(0)),
    node('Mul', ['mean', 'nothing'], ['zero']),
    node('Add', [inner, 'zero'], [output]),
  )
})

/** A graph whose first output is twice as wide. */
export const wide = changed((graph) => {
  const { inner, output } = takeOutput(graph)
  const axis = [{ name: 'axis', type: ATTRIBUTE_TYPE.int, i: -1 }]
  graph.node.push(node('Concat', [inner, inner], [output], axis))
  const last = graph.output[0]!.type.tensorType.shape.dim.at(-1)!
  last.dimValue = 2 * (last.dimValue ?? 1)
})

/** Takes one row only. */
export const single = changed((graph) => {
  for (const { type } of graph.input) type.tensorType.shape.dim[0] = { dimValue: 1 }
})

/** A graph whose largest weights are not numbers. */
export const notFinite = changed((graph) => {
  const weights = graph.initializer.filter(({ dataType }) => dataType === DATA_TYPE.float32)
  const largest = weights.reduce((a, b) => (b.rawData.length > a.rawData.length ? b : a))
  largest.rawData = new Uint8Array(new Float32Array(largest.rawData.length / 4).fill(Number.NaN).buffer)
})

/** Renames the first output within the graph, so that something may stand between. */
function takeOutput(graph: GraphProto): { inner: string; output: string } {
  const output = graph.output[0]!.name
  const inner = `inner ${output}`
  const renamed = (name: string) => (name === output ? inner : name)
  for (const one of graph.node) {
    one.input = one.input.map(renamed)
    one.output = one.output.map(renamed)
  }
  return { inner, output }
}

const node = (
  opType: string,
  input: string[],
  output: string[],
  attribute: NodeProto['attribute'] = [],
): NodeProto => ({ name: `${opType} ${output}`, opType, input, output, attribute })

const keep = (i: number) => [{ name: 'keepdims', type: ATTRIBUTE_TYPE.int, i }]

const float32 = (name: string, value: number): TensorProto => ({
  name,
  dims: [],
  dataType: DATA_TYPE.float32,
  rawData: new Uint8Array(Float32Array.of(value).buffer),
})
const int64 = (name: string, dims: number[], values: number[]): TensorProto => ({
  name,
  dims,
  dataType: DATA_TYPE.int64,
  rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
})
const bool = (name: string, value: boolean): TensorProto => ({
  name,
  dims: [],
  dataType: DATA_TYPE.bool,
  rawData: Uint8Array.of(value ? 1 : 0),
})
