// Builds one graph node by node. Kernels see only this and `Value`s, never tfjs tensors.
import { sizeOf } from '../common/tensors.ts'
import { ConstantPool, uniformValue } from './constants.ts'
import type { Attribute, DType, Graph, GraphNode, GraphValue, ValueSpec, Values } from './graph.ts'

/** What a tensor is while tracing: the name of a value in the graph, or a constant not yet in the graph. */
export interface Value {
  readonly shape: number[]
  readonly dtype: DType
  readonly name?: string
  readonly values?: Values
}

/** Something a node may read: a value, or an initialiser by its name. */
export type Operand = Value | string

type Attributes = Record<string, Attribute>
type Output = Pick<Value, 'shape' | 'dtype'>

export interface BuilderOptions {
  /** A Split with more outputs becomes Slices: WebGPU binds each output as a storage buffer, and has few. */
  maxSplitOutputs?: number
}

export class GraphBuilder {
  readonly maxSplitOutputs: number
  private readonly inputs: (GraphValue & { optional: boolean })[] = []
  private readonly nodes: GraphNode[] = []
  private readonly constants = new ConstantPool()
  private readonly merged = new Map<string, string[]>()
  private readonly names = new Set<string>()
  private readonly reshapeSource = new Map<string, Value>()
  private readonly alternatives = new Map<string, Value>()

  constructor({ maxSplitOutputs = Number.POSITIVE_INFINITY }: BuilderOptions = {}) {
    this.maxSplitOutputs = maxSplitOutputs
  }

  input({ name, shape, dtype = 'float32', optional = false }: ValueSpec): Value {
    this.declare(name)
    this.inputs.push({ name, shape, dtype, optional })
    return { name, shape, dtype }
  }

  /** A named initialiser. Opaque to the tracer, so that the graph never depends on the values of a weight. */
  weight(name: string, shape: number[], values: Float32Array): Value {
    this.declare(name)
    this.constants.byName.set(name, { dtype: 'float32', shape, values })
    return { name, shape, dtype: 'float32' }
  }

  scalar(value: number, dtype: DType): Value {
    return { shape: [], dtype, values: typedArray(dtype).of(value) as Values }
  }

  filled(value: number, shape: number[], dtype: DType): Value {
    return { shape, dtype, values: new (typedArray(dtype))(sizeOf(shape)).fill(value) }
  }

  /** An int64 vector: a shape, axes, sizes. */
  ints(values: number[]): string {
    return this.constants.intern({ dtype: 'int64', shape: [values.length], values }, () => this.fresh('ints'))
  }

  /** Appends a node with one output, or finds the equal node that is there already. */
  node(op: string, inputs: Operand[], output: Output, attributes: Attributes = {}): Value {
    return this.multiNode(op, inputs, [output], attributes)[0]!
  }

  multiNode(op: string, inputs: Operand[], outputs: Output[], attributes: Attributes = {}): Value[] {
    const operands = inputs.map((input) => this.nameOf(input))
    const key = JSON.stringify([op, operands, attributes, outputs.length])
    const names = this.merged.get(key) ?? this.append(op, operands, outputs.length, attributes)
    this.merged.set(key, names)
    return outputs.map(({ shape, dtype }, i) => ({ name: names[i]!, shape, dtype }))
  }

  /** What `x` is a reshape of; itself if of nothing. */
  source(x: Value): Value {
    return this.reshapeSource.get(x.name ?? '') ?? x
  }

  /** Says that a node could as well have had the numbers of `x` in another shape: then a reshape costs nothing. */
  alternative(x: Value, other: Value): void {
    this.alternatives.set(x.name!, other)
  }

  /** `x` in another shape; a reshape of a reshape reads the first one's source. */
  reshape(x: Value, shape: number[]): Value {
    if (x.values) return { ...x, shape }
    const source = this.source(x)
    const other = this.alternatives.get(source.name!)
    if (other && sameShape(other.shape, shape)) return other
    if (sameShape(source.shape, shape)) return source
    const reshaped = this.node('Reshape', [source, this.ints(shape)], { shape, dtype: x.dtype })
    this.reshapeSource.set(reshaped.name!, source)
    return reshaped
  }

  /** The graph that computes `outputs`, without the nodes and constants that they do not need. */
  finish(name: string, outputs: Record<string, Value>): Graph {
    const nodes = this.nameOutputs(outputs)
    const needed = new Set(Object.keys(outputs))
    const live = nodes.reverse().filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false
      for (const input of node.inputs) needed.add(input)
      return true
    })
    const unused = this.inputs.filter((input) => !needed.has(input.name) && !input.optional)
    if (unused.length > 0)
      throw new Error(`${name}: no output depends on the input ${unused.map((i) => i.name).join(', ')}`)
    return {
      name,
      nodes: live.reverse(),
      constants: new Map([...this.constants.byName].filter(([constant]) => needed.has(constant))),
      inputs: this.inputs.map(({ optional, ...input }) => input),
      outputs: Object.entries(outputs).map(([output, { shape, dtype }]) => ({ name: output, shape, dtype })),
    }
  }

  private nameOf(operand: Operand): string {
    if (typeof operand === 'string') return operand
    const { name, dtype, shape, values } = operand
    if (name !== undefined) return name
    return this.constants.intern({ dtype, shape, values: values! }, () => this.fresh('const'))
  }

  private append(op: string, inputs: string[], count: number, attributes: Attributes): string[] {
    const outputs = Array.from({ length: count }, () => this.fresh(op))
    this.nodes.push({ op, inputs, outputs, attributes })
    return outputs
  }

  /** Copies the nodes so that each output is written under its own name, through an Identity where it must. */
  private nameOutputs(outputs: Record<string, Value>): GraphNode[] {
    const written = new Set(this.nodes.flatMap((node) => node.outputs))
    const renamed = new Map<string, string>()
    const copies: GraphNode[] = []
    for (const [output, value] of Object.entries(outputs)) {
      if (this.names.has(output)) throw new Error(`the output name ${output} is already taken`)
      const source = this.nameOf(value)
      if (written.has(source) && !renamed.has(source)) renamed.set(source, output)
      else copies.push({ op: 'Identity', inputs: [source], outputs: [output], attributes: {} })
    }
    const rename = (name: string) => renamed.get(name) ?? name
    return [...this.nodes, ...copies].map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }))
  }

  private declare(name: string): void {
    if (this.names.has(name)) throw new Error(`the name ${name} is already taken`)
    this.names.add(name)
  }

  private fresh(prefix: string): string {
    let name: string
    do name = `${prefix}_${this.names.size}`
    while (this.names.has(name))
    this.names.add(name)
    return name
  }
}

export const sameShape = (a: number[], b: number[]) => a.length === b.length && a.every((d, i) => d === b[i])

/** The number a value is everywhere, when it is a uniform constant. */
export const uniform = ({ values }: Value): number | undefined =>
  values === undefined ? undefined : uniformValue(values)

export const typedArray = (dtype: DType) =>
  ({ float32: Float32Array, int32: Int32Array, bool: Uint8Array })[dtype]
