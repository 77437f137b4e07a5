// Attention in parts is attention: the same values, and the same gradients as those that are derived without it.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, test } from 'vitest'
import { attend, HIDDEN } from '../../../../src/networks/attention.ts'
import { attendInParts, type Part } from '../../../../src/worlds/marie/networks/causal-attention.ts'
import { causal } from '../../../../src/worlds/marie/networks/trunk.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { randomTensor, useCpu } from '../../dima/networks/fixture.ts'

beforeAll(useCpu)

const [R, h, T, w] = [2, 3, 7, 4]

test('in one part or several, forward and backward', () => {
  const inputs = ['q', 'k', 'v', 'dy'].map((name) => randomTensor([R, 1, h, T, w], name))
  const [q, k, v, dy] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
  const bias = tf.reshape(tf.mul(tf.sub(1, causal(T)), HIDDEN), [1, 1, 1, T, T])
  const part = (first: number, count: number): Part => {
    const asked = first + count
    const own = tf.slice(bias, [0, 0, 0, first, 0], [1, 1, 1, count, asked])
    return { first, count, asked, bias: tf.tile(own, [R, 1, 1, 1, 1]) }
  }
  const plain = (...x: tf.Tensor[]) => {
    const rows = tf.reshape(attend(x[0]!, x[1]!, x[2]!, bias), [R, T, h, w])
    return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [R, 1, h, T, w])
  }
  for (const parts of [[part(0, T)], [part(0, 3), part(3, 4)]]) {
    const own = (...x: tf.Tensor[]) => attendInParts(x[0]!, x[1]!, x[2]!, parts)
    expectClose(own(q, k, v).dataSync(), plain(q, k, v).dataSync(), CLOSE.network)
    const [found, wanted] = [tf.grads(own)([q, k, v], dy), tf.grads(plain)([q, k, v], dy)]
    for (const [i, gradient] of found.entries())
      expectClose(gradient.dataSync(), wanted[i]!.dataSync(), CLOSE.network)
  }
})
