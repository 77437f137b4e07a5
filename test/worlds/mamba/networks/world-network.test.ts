// The world model of latent states as a network: how large it is, that agents hear each other, and that classes are drawn.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { sum } from '../../../../src/common/statistics.ts'
import { sizeOf } from '../../../../src/common/tensors.ts'
import { drawClasses, drawStraightThrough, oneHot } from '../../../../src/worlds/mamba/networks/classes.ts'
import { createLatentActor, createLatentCritic } from '../../../../src/worlds/mamba/networks/latent-policy.ts'
import { NETWORK_PRESETS } from '../../../../src/worlds/mamba/networks/presets.ts'
import { createWorldNetwork } from '../../../../src/worlds/mamba/networks/world-network.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { randomTensor, randomWeights, tensorsOf, useCpu } from '../../dima/networks/fixture.ts'
import { debug, widths } from '../random-model.ts'

beforeAll(useCpu)

const count = ({ parameters }: { parameters: { shape: number[] }[] }) =>
  sum(parameters.map(({ shape }) => sizeOf(shape)))

test('preset paper has the sizes of the original', () => {
  const { paper } = NETWORK_PRESETS
  expect(count(createWorldNetwork(widths, paper)) / 1e6).toBeCloseTo(4.16, 2)
  expect(count(createLatentActor(widths, paper)) / 1e6).toBeCloseTo(0.39, 1)
  expect(count(createLatentCritic(widths.agents, paper)) / 1e6).toBeCloseTo(0.79, 2)
})

describe('classes', () => {
  const probabilities = tf.tensor2d([0.2, 0.5, 0.3, 0.2, 0.5, 0.3, 0.2, 0.5, 0.3, 1, 0, 0], [4, 3])
  const uniforms = tf.tensor1d([0.1, 0.2, 0.99, 0.5])

  test('are those that the numbers fall on', () => {
    expect([...drawClasses(probabilities, uniforms).dataSync()]).toEqual([0, 1, 2, 0])
  })

  test('come as exactly one 1, and the gradient goes to the probabilities', () => {
    const drawn = () => drawStraightThrough(probabilities, uniforms)
    expect([...drawn().dataSync()]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0])
    const weights = randomTensor([4, 3], 'weights')
    const slope = tf.grad((p) => tf.sum(tf.mul(drawStraightThrough(p, uniforms), weights)))(probabilities)
    expect([...slope.dataSync()]).toEqual([...weights.dataSync()])
  })

  test('of nothing are zeros', () => {
    expect([...oneHot(tf.tensor2d([-1, 2], [1, 2]), 3).dataSync()]).toEqual([0, 0, 0, 0, 0, 1])
  })
})

describe('the transition', () => {
  const world = createWorldNetwork(widths, debug)
  const weights = tensorsOf(world.parameters, randomWeights(world.parameters))
  const [N, A, D] = [widths.agents, widths.action, debug.deter]
  const latent = {
    deter: randomTensor([1, N, D], 'deter'),
    stoch: oneHot(tf.zeros([1, N, debug.groups]), debug.classes),
  }
  const advanced = (actions: tf.Tensor) => world.advance(weights, actions, latent).dataSync()

  test('tells every agent what the others do', () => {
    const actions = randomTensor([1, N, A], 'actions')
    const other = tf.mul(actions, tf.tensor3d([1, 1, 1, -1, -1, -1], [1, 2, 3])) // of agent 1 alone
    const [before, after] = [advanced(actions).slice(0, D), advanced(other).slice(0, D)]
    expect(Math.max(...before.map((x, i) => Math.abs(x - after[i]!)))).toBeGreaterThan(1e-4)
  })

  test('does not mix rows', () => {
    const actions = randomTensor([1, N, A], 'actions')
    const twice = world.advance(weights, tf.concat([actions, randomTensor([1, N, A], 'others')]), {
      deter: tf.concat([latent.deter, latent.deter]),
      stoch: tf.concat([latent.stoch, latent.stoch]),
    })
    expectClose(twice.dataSync().slice(0, N * D), advanced(actions), CLOSE.network)
  })
})
