import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { entropy, logProbability } from '../../../src/algorithms/policy/gaussian.ts'
import { CLOSE, expectClose } from '../../common/close.ts'

beforeAll(() => tf.setBackend('cpu'))

const density = (x: number, mean: number, std: number) =>
  Math.exp(-((x - mean) ** 2) / (2 * std ** 2)) / (std * Math.sqrt(2 * Math.PI))

test('the log-density of an action is that of the product of its entries', () => {
  const actions = [0.8, -1.5, 0.1, 0.3, 0, 0.2]
  const means = [0.3, 0.2, -0.1, 0.3, 0.5, -0.2]
  const stds = [0.5, 0.25, 0.3655, 0.1, 0.4, 0.01]
  const shape: [number, number, number] = [1, 2, 3]
  const actual = logProbability(
    tf.tensor3d(actions, shape),
    tf.tensor3d(means, shape),
    tf.tensor3d(stds, shape),
  )
  const entries = actions.map((x, i) => (x - means[i]!) ** 2 / (2 * stds[i]! ** 2) + Math.log(stds[i]!))
  const expected = [0, 3].map((from) => {
    const sum = entries.slice(from, from + 3).reduce((a, b) => a + b, 0)
    return -sum - 1.5 * Math.log(2 * Math.PI)
  })
  expect(actual.shape).toEqual([1, 2])
  expectClose(actual.dataSync(), expected, CLOSE.float32)
  const product = density(0.8, 0.3, 0.5) * density(-1.5, 0.2, 0.25) * density(0.1, -0.1, 0.3655)
  expect(actual.dataSync()[0]).toBeCloseTo(Math.log(product), 4)
})

test('densities integrate to 1, and the entropy is minus the mean of their logarithm', () => {
  const [mean, std, step] = [0.7, 0.3655, 0.001]
  const grid = Array.from({ length: 6001 }, (_, i) => mean + (i - 3000) * step)
  const logs = logProbability(
    tf.tensor2d(grid, [6001, 1]),
    tf.scalar(mean),
    tf.scalar(std),
  ).dataSync() as Float32Array
  const integral = (f: (log: number) => number) => logs.reduce((sum, log) => sum + f(log) * step, 0)
  expect(integral(Math.exp)).toBeCloseTo(1, 4)
  const found = entropy(tf.tensor2d([std], [1, 1])).dataSync()[0]!
  expect(found).toBeCloseTo(
    integral((log) => -log * Math.exp(log)),
    4,
  )
})

test('entropies of the entries add up: log(std sqrt(2 pi e)) each', () => {
  const stds = [0.5, 0.25, 0.3655, 0.1]
  const sums = entropy(tf.tensor2d(stds, [2, 2]))
  const one = (std: number) => Math.log(std * Math.sqrt(2 * Math.PI * Math.E))
  expect(sums.shape).toEqual([2])
  expectClose(sums.dataSync(), [one(0.5) + one(0.25), one(0.3655) + one(0.1)], CLOSE.float32)
})
