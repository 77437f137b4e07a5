// Finds normalisations [B, G, L, g] over the last two axes that are multiplied by a factor, shifted, and go through SiLU:
//   Reshape -> LayerNormalization with ones and zeros -> Mul -> Add -> SiLU -> Reshape
import type { GraphView } from '../../graph/graph-view.ts'
import type { GraphProto, NodeProto } from '../../graph/onnx.ts'
import { isFilledWith } from '../../graph/onnx-constants.ts'

export interface Modulated {
  /** of the signal to its four axes */
  reshape: NodeProto
  norm: NodeProto
  times: NodeProto
  plus: NodeProto
  /** [B or 1, G, 1, g] */
  factor: string
  shift: string
  /** G, L and g */
  groups: number
  length: number
  group: number
}

export const modulatedIn = ({ node }: GraphProto, view: GraphView): Modulated[] =>
  node.flatMap((one) => (isPlain(one, view) ? (modulated(one, view) ?? []) : []))

/** Over axis 2 and what follows, without a scale and a shift of its own. */
function isPlain(
  { opType, input: [, scale, shift], output, attribute }: NodeProto,
  view: GraphView,
): boolean {
  if (opType !== 'LayerNormalization' || attribute.find(({ name }) => name === 'axis')?.i !== 2) return false
  const [ones, zeros] = [view.constant(scale), view.constant(shift)]
  if (!ones || !zeros || !isFilledWith(ones, 1) || !isFilledWith(zeros, 0)) return false
  return output.slice(1).every((moment) => view.isUnread(moment))
}

function modulated(norm: NodeProto, view: GraphView): Modulated | undefined {
  const [signal, result] = [norm.input[0]!, norm.output[0]!]
  const reshape = view.maker(signal, 'Reshape')
  const [rows, groups = 0, length = 0, group = 0, ...more] = view.ints(reshape?.input[1]) ?? []
  const times = view.onlyReader(result, 'Mul')
  const plus = view.onlyReader(times?.output[0], 'Add')
  if (!reshape || !times || !plus || rows !== -1 || group < 1 || more.length > 0) return undefined
  if (view.onlyReader(signal, 'LayerNormalization') !== norm || !isFlattened(plus.output[0]!, view))
    return undefined
  const [factor, shift] = [otherInput(times, result), otherInput(plus, times.output[0]!)]
  return { reshape, norm, times, plus, factor, shift, groups, length, group }
}

export const otherInput = ({ input: [a, b] }: NodeProto, known: string): string => (a === known ? b! : a!)

/** Whether its axes do not matter: it is read by a SiLU, and that by reshapes. */
function isFlattened(value: string, view: GraphView): boolean {
  const readers = view.readers(value)
  const sigmoid = readers.find(({ opType }) => opType === 'Sigmoid')
  const silu = view.onlyReader(sigmoid?.output[0], 'Mul')
  if (!silu || readers.length !== 2 || !readers.includes(silu)) return false
  return [value, silu.output[0]!].every((inner) => !view.isOutput(inner)) && onlyReshaped(silu, view)
}

const onlyReshaped = ({ output: [value] }: NodeProto, view: GraphView): boolean =>
  view.readers(value!).every(({ opType }) => opType === 'Reshape')
