// One-dimensional convolutions over very short signals (length 4, 2, 1), written as one matrix product.
//
// The whole signal of a sample is one row. Its layout is group-major, [G, L, g]: channels come in groups of g, each
// group holds its L positions. So GroupNorm statistics are contiguous, channels concatenate by concatenating rows,
// and a convolution is a matrix [Gi*Li*gi, Go*Lo*go] whose blocks are the taps. At length 4 a third of the blocks
// are zeros; that costs less than gathering columns, and constant folding builds the matrix once when serving.
import * as tf from '@tensorflow/tfjs-core'
import { type ParameterList, uniform, type Weights, zeros } from './layers.ts'

/** Channels of a signal and how many share a group (g). */
export interface Channels {
  count: number
  group: number
}

/** Which tap joins input position i to output position o; undefined where none does. */
export type TapOf = (input: number, output: number) => number | undefined

const within = (tap: number, taps: number) => (tap >= 0 && tap < taps ? tap : undefined)

/** Conv1d with kernel 3 and padding 1. */
export const sameTaps: TapOf = (i, o) => within(i - o + 1, 3)
/** Conv1d with kernel 3, stride 2, padding 1. */
export const halvingTaps: TapOf = (i, o) => within(i - 2 * o + 1, 3)
/** ConvTranspose1d with kernel 4, stride 2, padding 1. */
export const doublingTaps: TapOf = (i, o) => within(o + 1 - 2 * i, 4)
/** Conv1d with kernel 1. */
export const pointTaps: TapOf = (i, o) => (i === o ? 0 : undefined)

export interface ConvolutionShape {
  from: Channels
  to: Channels
  lengths: [input: number, output: number]
  taps: number
  tapOf: TapOf
  /** torch's fan-in where it is not inputs * taps (transposed convolutions count outputs). */
  fanIn?: number
  /** Start from zero weights, as the second convolution of a residual block does. */
  zero?: boolean
}

/** Selects a tap for every (input, output) pair of positions: [Li*Lo, taps] of 0 and 1. */
function tapSelection({ lengths: [inputs, outputs], taps, tapOf }: ConvolutionShape): Float32Array {
  const select = new Float32Array(inputs * outputs * taps)
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++) {
      const tap = tapOf(i, o)
      if (tap !== undefined) select[(i * outputs + o) * taps + tap] = 1
    }
  }
  return select
}

/** n tensors one after the other as one vector: a single Concat of what a train step cuts from its buckets. */
const joined = (weights: Weights, names: string[]): tf.Tensor =>
  tf.concat(names.map((name) => tf.reshape(weights[name]!, [-1])))

/** In n equal pieces along the first axis; tfjs has no gradient for a split into one. */
const pieces = (x: tf.Tensor, n: number): tf.Tensor[] => (n === 1 ? [x] : tf.split(x, n))

/** Convolutions of one shape as matrices [Gi*Li*gi, Go*Lo*go], from their taps [taps, Ci, Co]. */
function unroll(weights: Weights, names: string[], shape: ConvolutionShape): tf.Tensor2D[] {
  const { from, to, lengths, taps } = shape
  const [n, [inputs, outputs]] = [names.length, lengths]
  const flat = tf.reshape(joined(weights, names), [n, taps, from.count * to.count])
  const selection = tf.tensor3d(tapSelection(shape), [1, inputs * outputs, taps])
  const blocks = tf.matMul(selection, flat as tf.Tensor3D) // [n, Li*Lo, Ci*Co]
  const [groupsIn, groupsOut] = [from.count / from.group, to.count / to.group]
  const split = tf.reshape(blocks, [n, inputs, outputs, groupsIn, from.group, groupsOut, to.group])
  const ordered = tf.transpose(split, [0, 3, 1, 4, 5, 2, 6]) // [n, Gi, Li, gi, Go, Lo, go]
  const stacked = tf.reshape(ordered, [n * inputs * from.count, outputs * to.count])
  return pieces(stacked, n) as tf.Tensor2D[]
}

/** Their biases [Co] repeated at every output position: [Go*Lo*go]. */
function spread(weights: Weights, names: string[], { to, lengths }: ConvolutionShape): tf.Tensor[] {
  const [n, [, outputs]] = [names.length, lengths]
  if (outputs === 1) return names.map((name) => weights[name]!)
  const grouped = tf.reshape(joined(weights, names), [(n * to.count) / to.group, 1, to.group])
  // An addition, not broadcastTo: its gradient is one sum instead of a slice for each position.
  const repeated = tf.add(grouped, tf.zeros([1, outputs, 1]))
  return pieces(tf.reshape(repeated, [-1]), n)
}

/** A convolution as it is applied: one matrix product, signals are [B, Gi*Li*gi] and [B, Go*Lo*go]. */
export interface Unrolled {
  matrix: tf.Tensor2D
  bias: tf.Tensor
}

/** x * matrix + `offset`, which may be of the output's shape: what is added costs no node of its own. */
export const convolve = (x: tf.Tensor, { matrix, bias }: Unrolled, offset = bias): tf.Tensor =>
  tf.fused.matMul({ a: x as tf.Tensor2D, b: matrix, bias: offset, activation: 'linear' })

/** The convolutions of a network. Those of one shape are unrolled together: a few nodes a shape, not a layer. */
export class Convolutions {
  private readonly p: ParameterList
  private readonly alike = new Map<string, { shape: ConvolutionShape; paths: string[] }>()

  constructor(p: ParameterList) {
    this.p = p
  }

  /** Declares a layer; its path is what it is called by in the result of `unroll`. */
  add(path: string, shape: ConvolutionShape): string {
    const { from, to, taps, fanIn = from.count * taps, zero = false } = shape
    const init = uniform(1 / Math.sqrt(fanIn))
    this.p.add(`${path}.weight`, [taps, from.count, to.count], zero ? zeros : init, true)
    this.p.add(`${path}.bias`, [to.count], init)
    const key = JSON.stringify([from, to, shape.lengths, taps, [...tapSelection(shape)]])
    const group = this.alike.get(key) ?? { shape, paths: [] }
    group.paths.push(path)
    this.alike.set(key, group)
    return path
  }

  /** Every layer by its path. */
  unroll(weights: Weights): Record<string, Unrolled> {
    const groups = [...this.alike.values()].map(({ shape, paths }) => {
      const matrices = unroll(weights, named(paths, 'weight'), shape)
      const biases = spread(weights, named(paths, 'bias'), shape)
      return paths.map((path, i) => [path, { matrix: matrices[i]!, bias: biases[i]! }] as const)
    })
    return Object.fromEntries(groups.flat())
  }
}

const named = (paths: string[], parameter: string) => paths.map((path) => `${path}.${parameter}`)
