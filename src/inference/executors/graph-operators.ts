// What an ONNX file may not contain, read from its protobuf before the engine sees it: loops and branches, whose work no
// proof can bound (a Loop may run three rounds for one input and for ever for another), operators from elsewhere, and
// tensors that lie in other files. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { DimaError } from '../../common/errors.ts'

const CONTROL_FLOW = ['Loop', 'Scan', 'If', 'SequenceMap']
const STANDARD_DOMAINS = ['', 'ai.onnx']

const MODEL = { graph: 7, functions: 25 }
const GRAPH = { node: 1, initializer: 5, sparseInitializer: 15 }
const NODE = { operator: 4, attribute: 5, domain: 7 }
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11 }
const TENSOR = { externalData: 13, dataLocation: 14 }

/** Throws DimaError `invalid_bundle` naming the file and what is wrong in it. */
export function checkGraphOperators(file: string, bytes: Uint8Array): void {
  const wrong = wrongIn(bytes)
  if (wrong) throw new DimaError('invalid_bundle', `${file} ${wrong}`)
}

function wrongIn(bytes: Uint8Array): string | undefined {
  try {
    return wrongInModel(bytes)
  } catch (error) {
    if (error instanceof Broken) return 'is no ONNX file'
    throw error
  }
}

function wrongInModel(model: Uint8Array): string | undefined {
  let graphs = 0
  for (const { id, bytes } of fieldsOf(model)) {
    if (id === MODEL.functions) return 'has functions of its own'
    if (id !== MODEL.graph) continue
    if (++graphs > 1) return 'has more than one graph' // protobuf would merge them
    const wrong = wrongInGraph(bytes)
    if (wrong) return wrong
  }
  return undefined
}

function wrongInGraph(graph: Uint8Array): string | undefined {
  for (const { id, bytes } of fieldsOf(graph)) {
    if (id === GRAPH.sparseInitializer) return 'has sparse tensors'
    const wrong =
      id === GRAPH.node ? wrongInNode(bytes) : id === GRAPH.initializer ? wrongInTensor(bytes) : undefined
    if (wrong) return wrong
  }
  return undefined
}

function wrongInNode(node: Uint8Array): string | undefined {
  for (const { id, bytes } of fieldsOf(node)) {
    const text = Buffer.from(bytes).subarray(0, 100).toString('utf8')
    if (id === NODE.operator && CONTROL_FLOW.includes(text))
      return `has the operator ${text}, which has no bound`
    if (id === NODE.domain && !STANDARD_DOMAINS.includes(text))
      return `has an operator of ${text}, not of ONNX`
    if (id === NODE.attribute) {
      const wrong = wrongInAttribute(bytes)
      if (wrong) return wrong
    }
  }
  return undefined
}

function wrongInAttribute(attribute: Uint8Array): string | undefined {
  for (const { id, bytes } of fieldsOf(attribute)) {
    if (id === ATTRIBUTE.graph || id === ATTRIBUTE.graphs) return 'has a graph inside an operator'
    const wrong = id === ATTRIBUTE.tensor || id === ATTRIBUTE.tensors ? wrongInTensor(bytes) : undefined
    if (wrong) return wrong
  }
  return undefined
}

function wrongInTensor(tensor: Uint8Array): string | undefined {
  for (const { id, value } of fieldsOf(tensor)) {
    if (id === TENSOR.externalData || (id === TENSOR.dataLocation && value !== 0))
      return 'has a tensor in another file'
  }
  return undefined
}

class Broken extends Error {}

const MOST_TAG = 2 ** 32 - 1
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 }
const EMPTY = new Uint8Array()

interface Field {
  id: number
  /** of a varint; large ones lose their last digits */
  value: number
  /** of a text or message, sharing memory */
  bytes: Uint8Array
}

/** The fields of a protobuf message in their order. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = message[at++]
      if (byte === undefined) break
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    throw new Broken()
  }
  while (at < message.length) {
    const tag = varint()
    // Other readers cut a tag to 32 bits: what is an unknown field here would be a node there.
    if (tag > MOST_TAG) throw new Broken()
    const [id, wire] = [Math.floor(tag / 8), tag % 8]
    if (wire === WIRE.varint) {
      yield { id, value: varint(), bytes: EMPTY }
      continue
    }
    const size =
      wire === WIRE.bytes ? varint() : wire === WIRE.fixed64 ? 8 : wire === WIRE.fixed32 ? 4 : Number.NaN
    if (!(at + size <= message.length)) throw new Broken()
    yield { id, value: 0, bytes: message.subarray(at, at + size) }
    at += size
  }
}
