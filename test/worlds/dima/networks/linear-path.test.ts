// What the linear path adds to the denoiser, written plainly.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { initialValues } from '../../../../src/common/parameters.ts'
import { createDenoiser, precondition } from '../../../../src/worlds/dima/networks/denoiser.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { debug, dims, randomTensor, randomWeights, tensorsOf, useCpu } from './fixture.ts'

beforeAll(useCpu)

const BATCH = 3
const { context: L, agents: N, action: A, state: S } = dims
const { conditioning: E } = debug.denoiser
const plain = createDenoiser(dims, debug.denoiser)
const linear = createDenoiser(dims, { ...debug.denoiser, linearPath: true })

const drawn = () => ({
  noisy: randomTensor([BATCH, S], 'noisy'),
  context: randomTensor([BATCH, L, S], 'context'),
  embedding: randomTensor([BATCH, E], 'embedding'),
  sigma: tf.tensor2d([0.002, 0.5, 5], [BATCH, 1]),
})

test('the mean of window and embedding and the noisy state are weighted by what the network is conditioned on', () => {
  const w = tensorsOf(linear.parameters, randomWeights(linear.parameters))
  const input = drawn()
  const added = tf.sub(linear.predict(w, input), plain.predict(w, input))
  const known = tf.concat([tf.reshape(input.context, [BATCH, L * S]), input.embedding], 1)
  const expected = tf.matMul(known as tf.Tensor2D, w['linear.mean.weight'] as tf.Tensor2D)
  const noisy = tf.mul(input.noisy, precondition(input.sigma).cIn)
  // Where the bias alone decides the weights they are the same for all rows.
  const still = { ...w, 'linear.gains.weight': tf.zerosLike(w['linear.gains.weight']!) }
  const [ofMean, ofNoisy] = tf.split(w['linear.gains.bias']!, 2)
  const alone = tf.sub(linear.predict(still, input), plain.predict(still, input))
  expectClose(
    alone.dataSync(),
    tf.add(tf.mul(expected, ofMean!), tf.mul(noisy, ofNoisy!)).dataSync(),
    CLOSE.network,
  )
  expect(tf.max(tf.abs(tf.sub(added, alone))).dataSync()[0]).toBeGreaterThan(0.01)
})

test('an action is added to the embedding linearly where it is visible, and not where it is hidden', () => {
  const w = tensorsOf(linear.parameters, randomWeights(linear.parameters))
  const actions = randomTensor([BATCH, L, N, A], 'actions')
  const visible = tf.tensor(
    Array.from({ length: BATCH * L * N }, (_, i) => i % 3 && 1),
    [BATCH, L, N],
  )
  const seen = tf.reshape(tf.mul(actions, tf.expandDims(visible, 3)), [BATCH, L * N * A])
  const expected = tf.matMul(seen as tf.Tensor2D, w['linear.actions.weight'] as tf.Tensor2D)
  const added = tf.sub(linear.embedActions(w, actions, visible), plain.embedActions(w, actions, visible))
  expectClose(added.dataSync(), expected.dataSync(), CLOSE.network)
})

test('before any update it adds nothing, and its mean is the newest state', () => {
  const w = tensorsOf(linear.parameters, initialValues(linear.parameters, 1))
  const input = { ...drawn(), embedding: tf.zeros([BATCH, E]) }
  const added = (weights: typeof w) => tf.sub(linear.predict(weights, input), plain.predict(weights, input))
  expect(tf.max(tf.abs(added(w))).dataSync()[0]).toBe(0)
  const meanAlone = { ...w, 'linear.gains.bias': tf.concat([tf.ones([S]), tf.zeros([S])]) }
  expectClose(
    added(meanAlone).dataSync(),
    tf.slice(input.context, [0, L - 1], [-1, 1]).dataSync(),
    CLOSE.network,
  )
})
