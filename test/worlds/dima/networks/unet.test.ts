// The U-Net and the denoiser around it against method.md 2.3, 2.6 and 2.7 written plainly.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { ParameterList } from '../../../../src/networks/layers.ts'
import { createDenoiser } from '../../../../src/worlds/dima/networks/denoiser.ts'
import { unet } from '../../../../src/worlds/dima/networks/unet.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { debug, dims, randomTensor, randomWeights, tensorsOf, useCpu } from './fixture.ts'
import { plainUnet } from './plain-unet.ts'

beforeAll(useCpu)

const [BATCH, STATE] = [3, 5]

test.each([
  { channels: 32, blocks: 1 },
  { channels: 64, blocks: 2 },
])('with $channels channels and $blocks blocks a stage it is the U-Net of the specification', (config) => {
  const p = new ParameterList()
  const network = unet(p, 'u', STATE, { ...config, conditioning: 16 })
  const weights = tensorsOf(p.all, randomWeights(p.all))
  const x = randomTensor([BATCH, 4, STATE], 'x') as tf.Tensor3D
  const condition = randomTensor([BATCH, 16], 'condition')
  const expected = plainUnet(weights, 'u', x, condition, config)
  const signal = tf.reshape(x, [BATCH, 4 * STATE])
  const actual = network.predict(weights, network.unroll(weights), signal, condition)
  expect(actual.shape).toEqual([BATCH, STATE])
  expectClose(actual.dataSync(), expected.dataSync(), CLOSE.network)
})

test('the denoiser scales its input by c_in and conditions on Fourier features of c_noise plus the actions', () => {
  const { conditioning: C } = debug.denoiser
  const { context: L, state: S } = dims
  const denoiser = createDenoiser(dims, debug.denoiser)
  const w = tensorsOf(denoiser.parameters, randomWeights(denoiser.parameters))
  const noisy = randomTensor([BATCH, S], 'noisy')
  const context = randomTensor([BATCH, L, S], 'context')
  const embedding = randomTensor([BATCH, C], 'embedding')
  const sigmas = [0.002, 0.5, 5]
  const total = sigmas.map((sigma) => Math.sqrt(sigma ** 2 + 0.3 ** 2))
  const frequencies = [...new Rng('fourier features').normals(C / 2)]
  const angles = total.map((e) => frequencies.map((f) => (2 * Math.PI * f * Math.log(e)) / 4))
  const features = tf.tensor2d(angles.map((row) => [...row.map(Math.cos), ...row.map(Math.sin)]))
  const linear = (path: string, x: tf.Tensor) =>
    tf.add(tf.matMul(x as tf.Tensor2D, w[`${path}.weight`] as tf.Tensor2D), w[`${path}.bias`]!)
  const hidden = linear('condition.0', tf.add(features, embedding))
  const condition = linear('condition.1', tf.mul(hidden, tf.sigmoid(hidden)))
  const cIn = tf.tensor2d(total.map((e) => [1 / Math.sqrt(e ** 2 + 0.25)]))
  const signal = tf.concat([context, tf.expandDims(tf.mul(noisy, cIn), 1)], 1) as tf.Tensor3D
  const expected = plainUnet(w, 'unet', signal, condition, debug.denoiser)
  const sigma = tf.tensor2d(sigmas, [BATCH, 1])
  const actual = denoiser.predict(w, { noisy, sigma, context, embedding })
  expectClose(actual.dataSync(), expected.dataSync(), CLOSE.network)
})
