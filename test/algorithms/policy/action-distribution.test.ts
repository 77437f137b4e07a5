// Gaussian numbers beside categorical choices, for agents that differ.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { entropy, logProbability } from '../../../src/algorithms/policy/action-distribution.ts'
import { momentsOf } from '../../../src/networks/action-heads.ts'
import { CLOSE, expectClose } from '../../common/close.ts'

beforeAll(() => tf.setBackend('cpu'))

/** One number and a choice of two; a choice of three and padding. */
const FORMS = [
  { layout: { box: 1, choices: [2] }, observed: 1 },
  { layout: { box: 0, choices: [3] }, observed: 1 },
]
const mean = () => tf.tensor3d([0.3, 1, -1, 50, 0, 1, 2, 70], [1, 2, 4])
const std = () => tf.tensor3d([0.5, 1, 1, 1, 1, 1, 1, 1], [1, 2, 4])
const actions = () => tf.tensor3d([0.8, 0, 1, 0, 1, 0, 0, 0], [1, 2, 4])

const softmax = (logits: number[]) => {
  const total = logits.reduce((sum, x) => sum + Math.exp(x), 0)
  return logits.map((x) => Math.exp(x) / total)
}
const [TWO, THREE] = [softmax([1, -1]), softmax([0, 1, 2])]
const shannon = (p: number[]) => -p.reduce((sum, x) => sum + x * Math.log(x), 0)

test('the log-probability is the sum over numbers and choices; padding has no part in it', () => {
  const found = logProbability(actions(), { mean: mean(), std: std() }, FORMS)
  const density = -(((0.8 - 0.3) / 0.5) ** 2) / 2 - Math.log(0.5 * Math.sqrt(2 * Math.PI))
  expect(found.shape).toEqual([1, 2])
  expectClose(found.dataSync(), [density + Math.log(TWO[1]!), Math.log(THREE[0]!)], CLOSE.float32)
})

test('so is the entropy', () => {
  const found = entropy({ mean: mean(), std: std() }, FORMS)
  const gaussian = Math.log(0.5 * Math.sqrt(2 * Math.PI * Math.E))
  expectClose(found.dataSync(), [gaussian + shannon(TWO), shannon(THREE)], CLOSE.float32)
})

test('what a policy gives is the mean and the deviation of every entry', () => {
  const moments = momentsOf({ mean: mean(), std: std() }, FORMS)
  const deviation = (p: number) => Math.sqrt(p * (1 - p))
  expectClose(moments.mean.dataSync(), [0.3, ...TWO, 0, ...THREE, 0], CLOSE.float32)
  expectClose(
    moments.std.dataSync(),
    [0.5, ...TWO.map(deviation), 0, ...THREE.map(deviation), 0],
    CLOSE.float32,
  )
})

test('the gradient by the logits is that of a categorical', () => {
  const byMean = tf.grad((x: tf.Tensor) => tf.sum(logProbability(actions(), { mean: x, std: std() }, FORMS)))
  const slope = (0.8 - 0.3) / 0.5 ** 2
  const expected = [slope, -TWO[0]!, 1 - TWO[1]!, 0, 1 - THREE[0]!, -THREE[1]!, -THREE[2]!, 0]
  expectClose(byMean(mean()).dataSync(), expected, CLOSE.float32)
})

test('agents of numbers alone have the graph they had', () => {
  const heads = { mean: mean(), std: std() }
  expect(momentsOf(heads)).toEqual(heads)
})
