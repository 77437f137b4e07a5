// One-dimensional convolutions over very short signals (length 4, 2, 1), written as one matrix product.
//
// The whole signal of a sample is one row. Its layout is group-major, [G, L, g]: channels come in groups of g, each
// group holds its L positions. So GroupNorm statistics are contiguous, channels concatenate by concatenating rows,
// and a convolution is a matrix [Gi*Li*gi, Go*Lo*go] whose blocks are the taps. At length 4 a third of the blocks
// are zeros; that costs less than gathering columns, and constant folding builds the matrix once when serving.
import * as tf from '@tensorflow/tfjs-core'
import { type Layer, type ParameterList, uniform, zeros } from './layers.ts'

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
function tapSelection({ lengths: [inputs, outputs], taps, tapOf }: ConvolutionShape): tf.Tensor2D {
  const select = new Float32Array(inputs * outputs * taps)
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++) {
      const tap = tapOf(i, o)
      if (tap !== undefined) select[(i * outputs + o) * taps + tap] = 1
    }
  }
  return tf.tensor2d(select, [inputs * outputs, taps])
}

/** The convolution as one matrix [Gi*Li*gi, Go*Lo*go], from its taps [taps, Ci, Co]. */
function unroll(weight: tf.Tensor, shape: ConvolutionShape): tf.Tensor2D {
  const { from, to, lengths, taps } = shape
  const [inputs, outputs] = lengths
  const flat = tf.reshape(weight, [taps, from.count * to.count])
  const blocks = tf.matMul(tapSelection(shape), flat as tf.Tensor2D) // [Li*Lo, Ci*Co]
  const [groupsIn, groupsOut] = [from.count / from.group, to.count / to.group]
  const split = tf.reshape(blocks, [inputs, outputs, groupsIn, from.group, groupsOut, to.group])
  const ordered = tf.transpose(split, [2, 0, 3, 4, 1, 5]) // [Gi, Li, gi, Go, Lo, go]
  return tf.reshape(ordered, [inputs * from.count, outputs * to.count]) as tf.Tensor2D
}

/** The bias [Co] repeated at every output position: [Go*Lo*go]. */
function spread(bias: tf.Tensor, { to, lengths }: ConvolutionShape): tf.Tensor {
  const [, outputs] = lengths
  if (outputs === 1) return bias
  const grouped = tf.reshape(bias, [to.count / to.group, 1, to.group])
  // An addition, not broadcastTo: its gradient is one sum instead of a slice for each position.
  return tf.reshape(tf.add(grouped, tf.zeros([1, outputs, 1])), [outputs * to.count])
}

/** A convolution layer: [B, Gi*Li*gi] -> [B, Go*Lo*go]. */
export function convolution(p: ParameterList, path: string, shape: ConvolutionShape): Layer {
  const { from, to, taps, fanIn = from.count * taps, zero = false } = shape
  const init = uniform(1 / Math.sqrt(fanIn))
  const weight = p.add(`${path}.weight`, [taps, from.count, to.count], zero ? zeros : init, true)
  const bias = p.add(`${path}.bias`, [to.count], init)
  return (weights, x) =>
    tf.fused.matMul({
      a: x as tf.Tensor2D,
      b: unroll(weights[weight]!, shape),
      bias: spread(weights[bias]!, shape),
      activation: 'linear',
    })
}
