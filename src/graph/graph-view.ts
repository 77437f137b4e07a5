// Who makes and who reads the values of a graph that is to be changed.
import type { GraphProto, NodeProto, TensorProto } from './onnx.ts'
import { intsOf } from './onnx-constants.ts'

export class GraphView {
  private readonly makers = new Map<string, NodeProto>()
  private readonly readersOf = new Map<string, NodeProto[]>()
  private readonly constants: ReadonlyMap<string, TensorProto>
  private readonly outputs: ReadonlySet<string>
  private readonly fixed = new Map<string, boolean>()

  constructor({ node, initializer, output }: GraphProto) {
    this.constants = new Map(initializer.map((tensor) => [tensor.name, tensor]))
    this.outputs = new Set(output.map(({ name }) => name))
    for (const one of node) {
      for (const made of one.output) this.makers.set(made, one)
      for (const read of one.input) this.readersOf.set(read, [...(this.readersOf.get(read) ?? []), one])
    }
  }

  /** What makes a value, if it is such an operation. */
  maker(value: string | undefined, operation: string): NodeProto | undefined {
    const node = this.makers.get(value ?? '')
    return node?.opType === operation ? node : undefined
  }

  /** A node that reads a value twice is there twice. */
  readers(value: string): readonly NodeProto[] {
    return this.readersOf.get(value) ?? []
  }

  /** What alone reads a value, if it is such an operation. */
  onlyReader(value: string | undefined, operation: string): NodeProto | undefined {
    const readers = this.readers(value ?? '')
    if (readers.length !== 1 || this.isOutput(value!)) return undefined
    return readers[0]!.opType === operation ? readers[0] : undefined
  }

  isOutput(value: string): boolean {
    return this.outputs.has(value)
  }

  isUnread(value: string): boolean {
    return this.readers(value).length === 0 && !this.isOutput(value)
  }

  constant(name: string | undefined): TensorProto | undefined {
    return this.constants.get(name ?? '')
  }

  ints(name: string | undefined): number[] | undefined {
    const constant = this.constant(name)
    return constant && intsOf(constant)
  }

  /** Whether it depends on constants alone, so that ONNX Runtime computes it once. */
  isFixed(value: string): boolean {
    if (this.constants.has(value)) return true
    const known = this.fixed.get(value)
    if (known !== undefined) return known
    const maker = this.makers.get(value)
    const fixed = maker?.input.every((input) => this.isFixed(input)) ?? false
    this.fixed.set(value, fixed)
    return fixed
  }
}
