// Sizes that depend on the batch, computed by the graph itself from the shape of an input.
import type { Constant, GraphNode, GraphValue } from './graph.ts'

/** The name of the dynamic dimension. */
export const BATCH = 'batch'

/** scale * batch + offset. */
export interface Affine {
  scale: number
  offset: number
}

/** Nodes and constants that compute sizes from the batch size while the graph runs. Equal sizes share nodes. */
export class BatchArithmetic {
  readonly nodes: GraphNode[] = []
  readonly constants = new Map<string, Constant>()
  private readonly made = new Map<string, string>()
  private readonly inputs: GraphValue[]

  constructor(inputs: GraphValue[]) {
    this.inputs = inputs
  }

  /** A Reshape finds one unknown size by itself. */
  reshapeTarget(sizes: Affine[]): string {
    const dynamic = sizes.filter(({ scale }) => scale !== 0)
    const inferable = dynamic.length === 1 && sizes.every(({ scale, offset }) => scale !== 0 || offset > 0)
    if (!inferable) return this.vector(sizes)
    return this.ints(sizes.map(({ scale, offset }) => (scale === 0 ? offset : -1)))
  }

  /** An int64 vector of sizes. */
  vector(sizes: Affine[]): string {
    const scales = this.ints(sizes.map(({ scale }) => scale))
    const scaled = this.node('Mul', [this.batch(), scales])
    if (sizes.every(({ offset }) => offset === 0)) return scaled
    return this.node('Add', [scaled, this.ints(sizes.map(({ offset }) => offset))])
  }

  /** A scalar constant broadcast to a dynamic shape. */
  expanded(scalar: Constant, shape: Affine[]): string {
    return this.node('Expand', [this.constant(scalar), this.vector(shape)])
  }

  /** The batch size as an int64 vector of length one. */
  private batch(): string {
    for (const { name, shape } of this.inputs) {
      const axis = shape.indexOf(BATCH)
      if (axis >= 0) return this.node('Gather', [this.node('Shape', [name]), this.ints([axis])])
    }
    throw new Error('no input has the batch size as a dimension')
  }

  private ints(values: number[]): string {
    return this.constant({ dtype: 'int64', shape: [values.length], values })
  }

  private constant(constant: Constant): string {
    return this.once(`${constant.dtype}|${constant.shape}|${constant.values}`, (name) => {
      this.constants.set(name, constant)
    })
  }

  private node(op: string, inputs: string[]): string {
    return this.once(`${op}|${inputs}`, (name) => {
      this.nodes.push({ op, inputs, outputs: [name], attributes: {} })
    })
  }

  private once(key: string, make: (name: string) => void): string {
    const known = this.made.get(key)
    if (known !== undefined) return known
    const name = `${BATCH}:${this.made.size}` // a colon: no name of the tracer has one
    this.made.set(key, name)
    make(name)
    return name
  }
}
