// Makes the batch dynamic: given one function traced at two batch sizes, every number that differs between the two
// graphs is a linear function of the batch size, and is computed from the shape of an input when the graph runs.
import { type Affine, BATCH, BatchArithmetic } from './batch-arithmetic.ts'
import { uniformValue } from './constants.ts'
import type { Constant, Graph, GraphNode, GraphValue } from './graph.ts'

export interface SizedGraph {
  batch: number
  graph: Graph
}

/** The graph of `a` (equally of `b`) for any batch size. Throws, naming the op, where the structure differs. */
export function mergeBatchSizes(a: SizedGraph, b: SizedGraph): Graph {
  const affine = affineBetween(a.batch, b.batch)
  const inputs = symbolicShapes(a.graph.inputs, b.graph.inputs, affine)
  const shapes = new BatchArithmetic(inputs)
  const nodes = pairNodes(a.graph, b.graph).map(([x, y]) => ({
    ...x,
    inputs: x.inputs.map((input, i) => {
      const [left, right] = [a.graph.constants.get(input), b.graph.constants.get(y.inputs[i]!)]
      return left && right ? dynamicConstant(x, input, left, right, affine, shapes) : input
    }),
  }))
  return prune({
    name: a.graph.name,
    inputs,
    outputs: symbolicShapes(a.graph.outputs, b.graph.outputs, affine),
    nodes: [...shapes.nodes, ...nodes],
    constants: new Map([...a.graph.constants, ...shapes.constants]),
  })
}

type Solve = (x: number, y: number) => Affine

/** Finds the line through two observations. Lines with broken slopes are no shape arithmetic. */
const affineBetween =
  (a: number, b: number): Solve =>
  (x, y) => {
    const scale = (y - x) / (b - a)
    if (!Number.isInteger(scale))
      throw new Error(`a size is ${x} at batch ${a} and ${y} at batch ${b}: not linear`)
    return { scale, offset: x - scale * a }
  }

/** The nodes of both graphs side by side, checked to do the same with the same values. */
function pairNodes(a: Graph, b: Graph): [GraphNode, GraphNode][] {
  const mismatch = (op: string) => new Error(`${a.name}: ${op} depends on the batch size`)
  if (a.nodes.length !== b.nodes.length) throw mismatch('the number of nodes')
  const twin = new Map(a.inputs.map(({ name }) => [name, name]))
  return a.nodes.map((x, i) => {
    const y = b.nodes[i]!
    const same = x.op === y.op && JSON.stringify(x.attributes) === JSON.stringify(y.attributes)
    if (!same || x.inputs.length !== y.inputs.length) throw mismatch(x.op)
    x.inputs.forEach((input, j) => {
      if (!a.constants.has(input) && twin.get(input) !== y.inputs[j]) throw mismatch(x.op)
      if (a.constants.has(input) !== b.constants.has(y.inputs[j]!)) throw mismatch(x.op)
    })
    x.outputs.forEach((output, j) => {
      twin.set(output, y.outputs[j]!)
    })
    return [x, y]
  })
}

/** What a node reads instead of a constant that is `left` in one graph and `right` in the other. */
function dynamicConstant(
  node: GraphNode,
  name: string,
  left: Constant,
  right: Constant,
  affine: Solve,
  shapes: BatchArithmetic,
): string {
  if (sameConstant(left, right)) return name
  if (left.dtype === 'int64' && right.dtype === 'int64' && left.values.length === right.values.length) {
    const sizes = left.values.map((value, i) => affine(value, right.values[i]!))
    return node.op === 'Reshape' ? shapes.reshapeTarget(sizes) : shapes.vector(sizes)
  }
  const value = uniformValue(left.values)
  if (left.dtype === 'int64' || value === undefined || !Object.is(value, uniformValue(right.values)))
    throw new Error(`a constant that ${node.op} reads depends on the batch size and is not uniform`)
  const shape = left.shape.map((d, i) => affine(d, right.shape[i]!))
  return shapes.expanded({ ...left, shape: [], values: left.values.slice(0, 1) }, shape)
}

const sameConstant = (a: Constant, b: Constant): boolean =>
  a.values === b.values ||
  (a.dtype === b.dtype &&
    String(a.shape) === String(b.shape) &&
    (a.values as ArrayLike<number> & number[]).every((value, i) => Object.is(value, b.values[i])))

function symbolicShapes(a: GraphValue[], b: GraphValue[], affine: Solve): GraphValue[] {
  return a.map((value, i) => ({
    ...value,
    shape: value.shape.map((d, axis) => symbol(affine(d as number, b[i]!.shape[axis] as number))),
  }))
}

/** A dimension as a number or as an identifier, which is what ONNX allows as a symbolic dimension. */
function symbol({ scale, offset }: Affine): number | string {
  if (scale === 0) return offset
  const times = scale === 1 ? BATCH : `${BATCH}_times_${scale}`
  return offset === 0 ? times : `${times}_${offset > 0 ? 'plus' : 'minus'}_${Math.abs(offset)}`
}

function prune(graph: Graph): Graph {
  const read = new Set(graph.nodes.flatMap((node) => node.inputs))
  return { ...graph, constants: new Map([...graph.constants].filter(([name]) => read.has(name))) }
}
