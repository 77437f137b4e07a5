// The encoder layer and the recurrent cell, against what their papers say in plain numbers.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { encoderLayer, positionTable } from '../../src/networks/encoder-layer.ts'
import { gruCell } from '../../src/networks/gru.ts'
import { ParameterList } from '../../src/networks/layers.ts'
import { CLOSE, expectClose } from '../common/close.ts'
import { randomTensor, randomWeights, tensorsOf, useCpu } from '../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

const layerOf = (tokens: number) => {
  const p = new ParameterList('xavier')
  const layer = encoderLayer(p, 'layer', { width: 8, heads: 2, hidden: 12, tokens })
  const weights = tensorsOf(p.all, randomWeights(p.all))
  return (x: tf.Tensor) => tf.tidy(() => layer(weights, x).dataSync())
}

test('tokens that change places change places in what comes out, and no other row is touched', () => {
  const layer = layerOf(3)
  const x = randomTensor([6, 8], 'x') // two rows of three tokens
  const order = [2, 0, 1, 3, 4, 5]
  const moved = layer(tf.gather(x, order))
  const expected = tf.gather(tf.tensor2d([...layer(x)], [6, 8]), order).dataSync()
  expectClose(moved, expected, CLOSE.network)
  expect([...moved.slice(24)]).toEqual([...layer(x).slice(24)])
})

test('a token hears the others', () => {
  const layer = layerOf(2)
  const x = randomTensor([2, 8], 'x')
  const other = tf.concat([tf.slice(x, [0, 0], [1, 8]), randomTensor([1, 8], 'y')])
  const [before, after] = [layer(x).slice(0, 8), layer(other).slice(0, 8)]
  expect(Math.max(...before.map((v, i) => Math.abs(v - after[i]!)))).toBeGreaterThan(1e-3)
})

test('positions are told by sines and cosines', () => {
  const table = positionTable(3, 4).dataSync()
  const of = (position: number) => [1, 100].flatMap((d) => [Math.sin(position / d), Math.cos(position / d)])
  expectClose(table, [0, 1, 2].flatMap(of), CLOSE.float32)
})

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

test('a recurrent step is what its gates say', () => {
  const [inputs, width] = [3, 2]
  const p = new ParameterList('xavier')
  const cell = gruCell(p, 'cell', inputs, width)
  const values = randomWeights(p.all)
  const [x, h] = [randomTensor([1, inputs], 'x'), randomTensor([1, width], 'h')]
  const given = cell(tensorsOf(p.all, values), x, h).dataSync()
  const product = (name: string, from: ArrayLike<number>) =>
    Array.from({ length: 3 * width }, (_, column) => {
      const weights = values.get(`cell.${name}.weight`)!
      const sum = Array.from(from, (v, row) => v * weights[row * 3 * width + column]!).reduce((a, b) => a + b)
      return sum + values.get(`cell.${name}.bias`)![column]!
    })
  const [a, b, state] = [product('input', x.dataSync()), product('state', h.dataSync()), h.dataSync()]
  const expected = Array.from({ length: width }, (_, i) => {
    const [reset, keep] = [sigmoid(a[i]! + b[i]!), sigmoid(a[i + width]! + b[i + width]!)]
    const candidate = Math.tanh(a[i + 2 * width]! + reset * b[i + 2 * width]!)
    return (1 - keep) * candidate + keep * state[i]!
  })
  expectClose(given, expected, CLOSE.float32)
})
