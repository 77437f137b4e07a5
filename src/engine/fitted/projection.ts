// Finds the matrix product that factors and shifts of normalisations are cut from:
//   Gemm [B, T*g] -> Add of constants -> Reshape [B, T, 1, g] -> Split into factors and shifts [B, G, 1, g]
import type { GraphView } from '../../graph/graph-view.ts'
import type { NodeProto } from '../../graph/onnx.ts'
import { type Modulated, otherInput } from './modulated.ts'

export interface Projection {
  product: NodeProto
  plus: NodeProto
  reshape: NodeProto
  split: NodeProto
  /** the constants that are added */
  offsets: string
  /** in the order of the pieces */
  uses: Use[]
}

export interface Use extends Modulated {
  /** where its factor and its shift begin, in groups */
  factorAt: number
  shiftAt: number
}

/** Undefined unless each piece is the factor or the shift of one of `found`, and nothing else is read of it. */
export function projectionOf(
  split: NodeProto,
  found: readonly Modulated[],
  view: GraphView,
): Projection | undefined {
  const sizes = view.ints(split.input[1])
  const reshape = view.maker(split.input[0], 'Reshape')
  const plus = view.maker(reshape?.input[0], 'Add')
  const product = plus && productIn(plus, view)
  if (!sizes || !reshape || !product || split.attribute[0]?.i !== 1) return undefined
  if (view.onlyReader(plus.output[0], 'Reshape') !== reshape || view.readers(split.input[0]!).length !== 1)
    return undefined
  const offsets = otherInput(plus, product.output[0]!)
  const uses = usesOf(split, sizes, found, view)
  const [rows, total, one, group, ...more] = view.ints(reshape.input[1]) ?? []
  const fits = rows === -1 && one === 1 && more.length === 0 && uses.every((use) => use.group === group)
  const whole = total === sum(sizes) && uses.length * 2 === sizes.length
  return fits && whole && view.isFixed(offsets) ? { product, plus, reshape, split, offsets, uses } : undefined
}

/** A plain product of rows with constants, which is read there alone. */
function productIn(plus: NodeProto, view: GraphView): NodeProto | undefined {
  const product = plus.input.map((value) => view.maker(value, 'Gemm')).find((node) => node)
  if (!product || view.onlyReader(product.output[0], 'Add') !== plus) return undefined
  const [, weight, bias] = product.input
  const plain = product.attribute.every(({ name, i }) => name.startsWith('trans') && i === 0)
  return plain && weight && bias && view.isFixed(weight) && view.isFixed(bias) ? product : undefined
}

function usesOf(
  split: NodeProto,
  sizes: readonly number[],
  found: readonly Modulated[],
  view: GraphView,
): Use[] {
  const starts = new Map(
    split.output.map((piece, i) => [piece, { at: sum(sizes.slice(0, i)), size: sizes[i] }]),
  )
  return found.flatMap((one) => {
    const [factor, shift] = [starts.get(one.factor), starts.get(one.shift)]
    if (!readsAlone(one, view) || factor?.size !== one.groups || shift?.size !== one.groups) return []
    return [{ ...one, factorAt: factor.at, shiftAt: shift.at }]
  })
}

const readsAlone = ({ factor, shift, times, plus }: Modulated, view: GraphView): boolean =>
  view.onlyReader(factor, 'Mul') === times && view.onlyReader(shift, 'Add') === plus

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
