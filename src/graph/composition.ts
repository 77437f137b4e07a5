// A graph that is put together from others, in the form of their files. A graph may be placed several times: its constants,
// and whatever else would be computed twice from the same values, are there once.
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  DATA_TYPE,
  encodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx.ts'
import { scalar } from './onnx-constants.ts'

type Float = 'float32' | 'float64'

export class Composition {
  readonly inputs: ValueInfoProto[] = []
  readonly outputs: ValueInfoProto[] = []
  private readonly models: ReadonlyMap<string, ModelProto>
  private readonly nodes: NodeProto[] = []
  private readonly constants = new Map<string, TensorProto>()
  /** outputs of nodes by what they compute */
  private readonly known = new Map<string, string[]>()

  /** @param models what may be placed, by name; see `areComposable` */
  constructor(models: ReadonlyMap<string, ModelProto>) {
    this.models = models
  }

  /** Declares an input of the type and shape that one of a graph has, and returns its value. */
  input(name: string, [graph, input]: [graph: string, input: string]): string {
    this.inputs.push({ ...declared(this.graphOf(graph).input, input), name })
    return name
  }

  /** Declares an output of the type and shape that one of a graph has. */
  output(name: string, value: string, [graph, output]: [graph: string, output: string]): void {
    this.outputs.push({ ...declared(this.graphOf(graph).output, output), name })
    this.nodes.push({ name, opType: 'Identity', input: [value], output: [name], attribute: [] })
  }

  /** A constant of so many axes, all of length one. */
  scalar(value: number, rank: number, dtype: Float = 'float32'): string {
    const name = `${dtype}/${rank}/${value}`
    this.constants.set(name, scalar(name, rank, value, dtype))
    return name
  }

  cast(value: string, to: Float): string {
    return this.node('Cast', [value], [{ name: 'to', type: ATTRIBUTE_TYPE.int, i: DATA_TYPE[to] }])
  }

  /** A node with one output. */
  node(opType: string, input: string[], attribute: AttributeProto[] = []): string {
    return this.add({ name: opType, opType, input, output: [opType], attribute })[0]!
  }

  /**
   * The nodes of a graph.
   * @param inputs values by the names of its inputs
   * Returns values by the names of its outputs.
   */
  place(name: string, inputs: Readonly<Record<string, string>>): Record<string, string> {
    const graph = this.graphOf(name)
    const values = new Map([['', ''], ...Object.entries(inputs)]) // '' is an input that is left out
    for (const constant of graph.initializer) {
      const shared = `${name}/${constant.name}`
      values.set(constant.name, shared)
      this.constants.set(shared, { ...constant, name: shared })
    }
    for (const node of graph.node) {
      const input = node.input.map((value) => required(values, value))
      const output = this.add({ ...node, input, output: node.output.map((value) => `${name}/${value}`) })
      for (const [i, value] of node.output.entries()) values.set(value, output[i]!)
    }
    return Object.fromEntries(graph.output.map((output) => [output.name, required(values, output.name)]))
  }

  encode(name: string): Uint8Array {
    const [first] = this.models.values()
    const initializer = [...this.constants.values()]
    const graph = { name, node: this.nodes, initializer, input: this.inputs, output: this.outputs }
    return encodeModel({ ...first!, graph })
  }

  /** A node under names of its own, or the names of an equal one. */
  private add(node: NodeProto): string[] {
    const { opType, input, attribute } = node
    const key = JSON.stringify([opType, input, attribute, node.output.length])
    const known = this.known.get(key)
    if (known) return known
    const place = this.nodes.length
    const output = node.output.map((value) => `${value}/${place}`)
    this.nodes.push({ ...node, name: `${node.name}/${place}`, output })
    this.known.set(key, output)
    return output
  }

  private graphOf(name: string): GraphProto {
    return required(this.models, name).graph
  }
}

/** Whether they are of one version of ONNX, and none has a graph inside a node. */
export const areComposable = (models: readonly ModelProto[]): boolean =>
  new Set(models.map(({ irVersion, opsetImport }) => JSON.stringify([irVersion, opsetImport]))).size === 1 &&
  models.every(({ graph }) => graph.node.every(isFlat))

const isFlat = ({ attribute }: NodeProto): boolean =>
  attribute.every(({ type }) => type !== ATTRIBUTE_TYPE.graph)

const declared = (values: readonly ValueInfoProto[], name: string): ValueInfoProto =>
  required(new Map(values.map((value) => [value.name, value])), name)

function required<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name)
  if (value === undefined) throw new Error(`a graph that is composed has no value ${name}`)
  return value
}
