// method.md 2.3 and 9, check 2: EDM's factors with offset noise.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { initialValues } from '../../../../src/common/parameters.ts'
import { OFFSET_NOISE, precondition } from '../../../../src/worlds/dima/networks/denoiser.ts'
import { SIGMA_DATA } from '../../../../src/worlds/dima/networks/presets.ts'
import { createNetworks } from '../../../../src/worlds/dima/train/world-model.ts'
import { CLOSE, expectClose, expectNear } from '../../../common/close.ts'
import { debug, dims, randomTensor, randomWeights, tensorsOf, useCpu, valuesOf } from './fixture.ts'

beforeAll(useCpu)

const SIGMAS = [0.002, 0.0774, 0.3, 0.8447, 5, 20]
const scalar = (sigma: number) => tf.tensor2d([sigma], [1, 1])

test('the offset noise is 0.3 and the data standard deviation 0.5', () => {
  expect([OFFSET_NOISE, SIGMA_DATA]).toEqual([0.3, 0.5])
})

test.each(SIGMAS)('has the factors of the specification at sigma %d', (sigma) => {
  const e = Math.sqrt(sigma ** 2 + 0.09)
  const expected = {
    total: e,
    cIn: 1 / Math.sqrt(e ** 2 + 0.25),
    cSkip: 0.25 / (e ** 2 + 0.25),
    cOut: (e * 0.5) / Math.sqrt(e ** 2 + 0.25),
    cNoise: Math.log(e) / 4,
  }
  const factors = precondition(scalar(sigma))
  for (const [name, value] of Object.entries(expected))
    expectClose(factors[name as keyof typeof expected].dataSync(), [value], CLOSE.float32)
})

test('gives the factors of the last sampling level, with and without the offset', () => {
  const at = (offset: number) => {
    const { cSkip, cOut } = precondition(scalar(0.002), offset)
    return [cSkip, cOut].map((factor) => Number(factor.dataSync()[0]!.toFixed(3)))
  }
  expect(at(0.3)).toEqual([0.735, 0.257])
  expect(at(0)).toEqual([1, 0.002])
})

describe('for Gaussian data of standard deviation 0.5', () => {
  const count = 40_000
  test.each(SIGMAS)('input and target have variance 1 at sigma %d', (sigma) => {
    const { total, cIn, cSkip, cOut } = precondition(scalar(sigma))
    const clean = tf.mul(randomTensor([count, 1], 'data'), 0.5)
    const noisy = tf.add(clean, tf.mul(randomTensor([count, 1], 'noise'), total))
    const target = tf.div(tf.sub(clean, tf.mul(cSkip, noisy)), cOut)
    for (const x of [target, tf.mul(cIn, noisy)]) expectNear(tf.moments(x).variance.dataSync()[0]!, 1, 0.03)
  })
})

test('a network that predicts zero leaves c_skip x', () => {
  const { denoiser } = createNetworks(dims, debug)
  const values = initialValues(denoiser.parameters, 1)
  values.get('unet.conv_out.bias')!.fill(0) // the weights start at zero, the bias does not
  const weights = tensorsOf(denoiser.parameters, values)
  const input = {
    noisy: randomTensor([6, dims.state], 'noisy'),
    sigma: tf.tensor2d(SIGMAS, [6, 1]),
    context: randomTensor([6, dims.context, dims.state], 'context'),
    embedding: randomTensor([6, debug.denoiser.conditioning], 'embedding'),
  }
  expect(valuesOf(() => denoiser.predict(weights, input)).every((value) => value === 0)).toBe(true)
  const skipped = valuesOf(() => tf.mul(precondition(input.sigma).cSkip, input.noisy))
  expectClose(
    valuesOf(() => denoiser.denoise(weights, input)),
    skipped,
    CLOSE.float32,
  )
})

describe('the offset noise of a configuration', () => {
  const withOffset = (offsetNoise?: number) =>
    createNetworks(dims, {
      ...debug,
      denoiser: { ...debug.denoiser, ...(offsetNoise === undefined ? {} : { offsetNoise }) },
    }).denoiser
  const input = {
    noisy: randomTensor([1, dims.state], 'noisy'),
    sigma: scalar(0.002),
    context: randomTensor([1, dims.context, dims.state], 'context'),
    embedding: randomTensor([1, debug.denoiser.conditioning], 'embedding'),
  }
  const { parameters } = withOffset()
  const weights = () => tensorsOf(parameters, randomWeights(parameters))
  const denoised = (offsetNoise?: number) => valuesOf(() => withOffset(offsetNoise).denoise(weights(), input))

  test('is 0.3 where it says none, as in runs from before there was one', () => {
    expect(withOffset().offsetNoise).toBe(OFFSET_NOISE)
    expect(denoised()).toEqual(denoised(OFFSET_NOISE))
  })

  test('reaches input, noise level and output: without it a sample of the last level is nearly left alone', () => {
    const distance = (values: Float32Array) =>
      Math.max(...values.map((value, i) => Math.abs(value - input.noisy.dataSync()[i]!)))
    expect(distance(denoised(0))).toBeLessThan(0.02)
    expect(distance(denoised())).toBeGreaterThan(0.1)
    const predicted = (offset: number) => valuesOf(() => withOffset(offset).predict(weights(), input))
    expect(predicted(0)).not.toEqual(predicted(OFFSET_NOISE))
  })
})
