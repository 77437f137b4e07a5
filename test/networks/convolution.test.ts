// The convolutions as matrix products against tfjs's own, for values and gradients.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type ConvolutionShape,
  Convolutions,
  convolve,
  doublingTaps,
  halvingTaps,
  pointTaps,
  sameTaps,
} from '../../src/networks/convolution.ts'
import { ParameterList } from '../../src/networks/layers.ts'
import { CLOSE, expectClose } from '../common/close.ts'
import { randomTensor, useCpu } from '../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

const BATCH = 3
type Kind = Pick<ConvolutionShape, 'lengths' | 'taps' | 'tapOf'> & {
  reference: (x: tf.Tensor3D, w: tf.Tensor3D) => tf.Tensor
}

const padded = (x: tf.Tensor3D) =>
  tf.pad(x, [
    [0, 0],
    [1, 1],
    [0, 0],
  ]) as tf.Tensor3D

/** ConvTranspose1d with kernel 4, stride 2, padding 1 as a 2-D transposed convolution of height 1. */
function transposed(x: tf.Tensor3D, w: tf.Tensor3D): tf.Tensor {
  const [batch, length] = x.shape
  const filter = tf.transpose(w, [0, 2, 1]).expandDims(0) as tf.Tensor4D // [1, taps, out, in]
  const whole = tf.conv2dTranspose(
    x.expandDims(1) as tf.Tensor4D,
    filter,
    [batch, 1, 2 * length + 2, w.shape[2]],
    [1, 2],
    'valid',
  )
  return tf.slice(whole.squeeze([1]), [0, 1, 0], [-1, 2 * length, -1])
}

const kinds: Record<string, Kind> = {
  'of kernel 3 at length 4': {
    lengths: [4, 4],
    taps: 3,
    tapOf: sameTaps,
    reference: (x, w) => tf.conv1d(padded(x), w, 1, 'valid'),
  },
  'of kernel 3 at length 1': {
    lengths: [1, 1],
    taps: 3,
    tapOf: sameTaps,
    reference: (x, w) => tf.conv1d(padded(x), w, 1, 'valid'),
  },
  'of kernel 1': {
    lengths: [2, 2],
    taps: 1,
    tapOf: pointTaps,
    reference: (x, w) => tf.conv1d(x, w, 1, 'valid'),
  },
  'that halves 4': {
    lengths: [4, 2],
    taps: 3,
    tapOf: halvingTaps,
    reference: (x, w) => tf.conv1d(padded(x), w, 2, 'valid'),
  },
  'that halves 2': {
    lengths: [2, 1],
    taps: 3,
    tapOf: halvingTaps,
    reference: (x, w) => tf.conv1d(padded(x), w, 2, 'valid'),
  },
  'that doubles 1': { lengths: [1, 2], taps: 4, tapOf: doublingTaps, reference: transposed },
  'that doubles 2': { lengths: [2, 4], taps: 4, tapOf: doublingTaps, reference: transposed },
  'for the last position only': {
    lengths: [4, 1],
    taps: 3,
    tapOf: (i) => sameTaps(i, 3),
    reference: (x, w) => tf.slice(tf.conv1d(padded(x), w, 1, 'valid'), [0, 3, 0], [-1, 1, -1]),
  },
}

/** [B, G*L*g] -> [B, L, C] */
const ungroup = (x: tf.Tensor, length: number, count: number, group: number) =>
  tf.reshape(tf.transpose(tf.reshape(x, [-1, count / group, length, group]), [0, 2, 1, 3]), [
    -1,
    length,
    count,
  ]) as tf.Tensor3D

describe.each(Object.entries(kinds))('a convolution %s', (_, { reference, ...kind }) => {
  test.each([
    { from: { count: 3, group: 3 }, to: { count: 4, group: 4 } },
    { from: { count: 4, group: 2 }, to: { count: 6, group: 3 } },
    { from: { count: 6, group: 2 }, to: { count: 2, group: 2 } },
    { from: { count: 2, group: 1 }, to: { count: 4, group: 1 } },
  ])('equals tfjs for channels $from to $to', ({ from, to }) => {
    const [inputs, outputs] = kind.lengths
    const layers = new Convolutions(new ParameterList())
    layers.add('c', { from, to, ...kind })
    const x = randomTensor([BATCH, inputs * from.count], 'x')
    const weight = randomTensor([kind.taps, from.count, to.count], 'weight')
    const bias = randomTensor([to.count], 'bias')
    const towards = randomTensor([BATCH, outputs, to.count], 'dy')
    const ours = (a: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
      ungroup(convolve(a, layers.unroll({ 'c.weight': w, 'c.bias': b }).c!), outputs, to.count, to.group)
    const theirs = (a: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
      tf.add(reference(ungroup(a, inputs, from.count, from.group), w as tf.Tensor3D), b)
    expectClose(ours(x, weight, bias).dataSync(), theirs(x, weight, bias).dataSync(), CLOSE.float32)
    const gradients = (f: typeof ours | typeof theirs) =>
      tf.grads((a, w, b) => tf.sum(tf.mul(f(a!, w!, b!), towards)))([x, weight, bias])
    const [actual, expected] = [gradients(ours), gradients(theirs)]
    for (const i of [0, 1, 2]) {
      expect(actual[i]!.shape).toEqual(expected[i]!.shape)
      expectClose(actual[i]!.dataSync(), expected[i]!.dataSync(), CLOSE.float32)
    }
  })
})

test('layers of one shape are unrolled together, each from its own weights', () => {
  const layers = new Convolutions(new ParameterList())
  const shape = { from: { count: 4, group: 2 }, to: { count: 4, group: 2 }, taps: 3, tapOf: sameTaps }
  const lengths: Record<string, [number, number]> = { a: [4, 4], b: [2, 2], c: [4, 4] }
  const paths = Object.entries(lengths).map(([path, both]) => layers.add(path, { ...shape, lengths: both }))
  const weights = Object.fromEntries(
    paths.flatMap((path) => [
      [`${path}.weight`, randomTensor([3, 4, 4], path)],
      [`${path}.bias`, randomTensor([4], path, 'bias')],
    ]),
  )
  const together = layers.unroll(weights)
  for (const path of paths) {
    const alone = new Convolutions(new ParameterList())
    alone.add(path, { ...shape, lengths: lengths[path]! })
    const { matrix, bias } = alone.unroll(weights)[path]!
    expectClose(together[path]!.matrix.dataSync(), matrix.dataSync(), {})
    expectClose(together[path]!.bias.dataSync(), bias.dataSync(), {})
  }
})
