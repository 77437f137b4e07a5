// Changes of a graph in the form of its file: nodes in the place of others, and the constants that they read.
import { ATTRIBUTE_TYPE, type GraphProto, type NodeProto } from './onnx.ts'
import { intVector } from './onnx-constants.ts'

export class GraphChange {
  private readonly graph: GraphProto
  private readonly instead = new Map<NodeProto, NodeProto[]>()
  /** by what they are: equal ones are made once */
  private readonly names = new Map<string, string>()

  constructor(graph: GraphProto) {
    this.graph = graph
  }

  /** Values of `node` that others read must be made by what takes its place. */
  replace(node: NodeProto, instead: NodeProto[]): void {
    this.instead.set(node, instead)
  }

  apply(): void {
    this.graph.node = this.graph.node.flatMap((node) => this.instead.get(node) ?? [node])
  }

  /** The name of an int64 vector. */
  ints(values: readonly number[]): string {
    return this.once(`ints ${values}`, (name) => void this.graph.initializer.push(intVector(name, values)))
  }

  /** Adds a node with one output to `made` and names that, or an equal one that was made before. */
  node(made: NodeProto[], opType: string, input: string[], axis?: number): string {
    const attribute = axis === undefined ? [] : [{ name: 'axis', type: ATTRIBUTE_TYPE.int, i: axis }]
    return this.once(`${opType} ${input} ${axis}`, (name) => {
      made.push({ name, opType, input, output: [name], attribute })
    })
  }

  private once(key: string, make: (name: string) => void): string {
    const known = this.names.get(key)
    if (known !== undefined) return known
    const name = `changed/${this.names.size}`
    this.names.set(key, name)
    make(name)
    return name
  }
}
