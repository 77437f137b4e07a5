// For CUDA: a normalisation whose result is multiplied by a factor and shifted, both of which each row has its own of,
// becomes one LayerNormalization that takes them as its Scale and B. Where every node has its price those are two fewer. On
// the CPU such a LayerNormalization is slower than the three nodes, and WebGPU's provider refuses it.
//
// ONNX Runtime wants Scale and B as large as the signal from the normalised axis on, and that axis to be 2. So the signal
// [B, G, L, g] becomes [B, G, L*g], and the product that factors and shifts [B, G, 1, g] are cut from becomes one for each
// length L, whose weights have every column L times. ONNX Runtime makes those when it opens the graph.
import { GraphChange } from '../../graph/graph-change.ts'
import { GraphView } from '../../graph/graph-view.ts'
import type { GraphProto, NodeProto } from '../../graph/onnx.ts'
import { type Modulated, modulatedIn } from './modulated.ts'
import { type Projection, projectionOf, type Use } from './projection.ts'

/** False where nothing of this form is there. */
export function normaliseByRow(graph: GraphProto): boolean {
  const view = new GraphView(graph)
  const found = modulatedIn(graph, view)
  const projections = projectionsOf(found, view)
  const fixed = found.filter((one) => hasFixed(one, view))
  if (projections.length + fixed.length === 0) return false
  const change = new GraphChange(graph)
  for (const projection of projections) cutByLength(change, projection)
  for (const one of projections.flatMap(({ uses }) => uses)) merge(change, one)
  for (const one of fixed) mergeFixed(change, one)
  change.apply()
  return true
}

function projectionsOf(found: readonly Modulated[], view: GraphView): Projection[] {
  const splits = new Set(found.flatMap(({ factor }) => view.maker(factor, 'Split') ?? []))
  return [...splits].flatMap((split) => projectionOf(split, found, view) ?? [])
}

/** Whether factor and shift are constants [1, G, 1, g]. */
const hasFixed = ({ factor, shift, groups, group }: Modulated, view: GraphView): boolean =>
  [factor, shift].every((value) => {
    const shape = view.ints(view.maker(value, 'Reshape')?.input[1])
    return view.isFixed(value) && shape?.join() === `1,${groups},1,${group}`
  })

/** The pieces of a projection, each as many times as its normalisation is long. */
function cutByLength(change: GraphChange, { product, offsets, uses, split, ...others }: Projection): void {
  for (const node of [others.plus, others.reshape, split]) change.replace(node, [])
  const [rows, weight, bias] = product.input as [string, string, string]
  const made: NodeProto[] = []
  const shifted = change.node(made, 'Add', [bias, offsets])
  for (const [length, alike] of byLength(uses)) {
    const columns = change.ints(alike.flatMap(columnsOf))
    const weights = change.node(made, 'Gather', [weight, columns], 1)
    const biases = change.node(made, 'Gather', [shifted, columns], 0)
    const projected = change.node(made, 'Gemm', [rows, weights, biases])
    const sizes = alike.flatMap(({ groups }) => [groups, groups])
    const total = sizes.reduce((a, b) => a + b, 0)
    const shape = change.ints([-1, total, length * alike[0]!.group])
    made.push({
      ...split,
      name: `${split.name}/${length}`,
      input: [change.node(made, 'Reshape', [projected, shape]), change.ints(sizes)],
      output: alike.flatMap(({ factor, shift }) => [factor, shift]),
    })
  }
  change.replace(product, made)
}

function byLength(uses: readonly Use[]): Map<number, Use[]> {
  const lengths = new Map<number, Use[]>()
  for (const use of uses) lengths.set(use.length, [...(lengths.get(use.length) ?? []), use])
  return lengths
}

/** Of a factor and a shift, each group as often as its normalisation is long: [2 G L g] columns of the product. */
const columnsOf = ({ factorAt, shiftAt, groups, length, group }: Use): number[] =>
  [factorAt, shiftAt].flatMap((at) =>
    Array.from({ length: groups * length * group }, (_, i) => {
      const [inGroup, of] = [i % group, Math.floor(i / (length * group))]
      return (at + of) * group + inGroup
    }),
  )

/** A constant factor and shift, as often as the normalisation is long. */
function mergeFixed(change: GraphChange, one: Modulated): void {
  const { groups, length, group } = one
  const made: NodeProto[] = []
  const repeated = (value: string): string => {
    const tiled = change.node(made, 'Tile', [value, change.ints([1, 1, length, 1])])
    return change.node(made, 'Reshape', [tiled, change.ints([1, groups, length * group])])
  }
  merge(change, { ...one, factor: repeated(one.factor), shift: repeated(one.shift) }, made)
}

/** One normalisation in place of three nodes, after `made`. */
function merge(change: GraphChange, one: Modulated, made: readonly NodeProto[] = []): void {
  const { reshape, norm, times, plus, factor, shift, groups, length, group } = one
  const shape = change.ints([-1, groups, length * group])
  change.replace(reshape, [{ ...reshape, input: [reshape.input[0]!, shape] }])
  for (const node of [norm, times]) change.replace(node, [])
  const merged = { ...norm, input: [norm.input[0]!, factor, shift], output: [plus.output[0]!] }
  change.replace(plus, [...made, merged])
}
