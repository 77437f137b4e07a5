// What the world model learns from: divergences, where gradients go, and that an episode ends where it does.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { createWorldNetwork } from '../../../../src/worlds/mamba/networks/world-network.ts'
import { worldBatches } from '../../../../src/worlds/mamba/train/batch.ts'
import { unroll } from '../../../../src/worlds/mamba/train/unroll.ts'
import { divergence, worldObjective } from '../../../../src/worlds/mamba/train/world-objective.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { randomData } from '../../../runs/data.ts'
import { randomTensor, randomWeights, tensorsOf, toTensor, useCpu } from '../../dima/networks/fixture.ts'
import { debug, widths } from '../random-model.ts'

beforeAll(useCpu)

const size = { sequence: 4, batch: 3 }
const { sequence: T, batch: B } = size
const world = createWorldNetwork(widths, debug)
const weights = tensorsOf(world.parameters, randomWeights(world.parameters))
const batch = worldBatches(widths, debug, { ...size, timeLimitIsEnd: false })(randomData(), new Rng('batch'))
const inputs = () =>
  Object.fromEntries(Object.entries(batch).map(([name, one]) => [name, toTensor(one as never)]))

describe('the divergence', () => {
  const [prior, posterior] = ['prior', 'posterior'].map((name) => tf.softmax(randomTensor([5, 4], name))) as [
    tf.Tensor,
    tf.Tensor,
  ]

  test('of what was expected is nothing', () => {
    expect(divergence(posterior, posterior).dataSync()[0]).toBeCloseTo(0, 6)
    expect(divergence(prior, posterior).dataSync()[0]).toBeGreaterThan(0.01)
  })

  test('moves the prior four times as much as the posterior', () => {
    const plain = (p: tf.Tensor, q: tf.Tensor) =>
      tf.mean(tf.sum(tf.mul(p, tf.sub(tf.log(tf.add(p, 1e-7)), tf.log(tf.add(q, 1e-7)))), -1)) as tf.Scalar
    const ours = tf.grads((q, p) => divergence(q, p))([prior, posterior])
    const whole = tf.grads((q, p) => plain(p, q))([prior, posterior])
    expectClose(ours[0]!.dataSync(), tf.mul(whole[0]!, 0.8).dataSync(), CLOSE.float32)
    expectClose(ours[1]!.dataSync(), tf.mul(whole[1]!, 0.2).dataSync(), CLOSE.float32)
  })
})

describe('a stretch', () => {
  /** Latent states of a time, of all stretches. */
  const latentsAt = (time: number, change: Record<string, tf.Tensor> = {}) => {
    const { deter, stoch } = unroll(world, weights, { ...inputs(), ...change }, debug, size)
    const rows = (x: tf.Tensor) => tf.slice(x, [time * B, 0, 0], [B, -1, -1]).dataSync()
    return [...rows(deter), ...rows(stoch)]
  }
  const earlier = () => {
    const noise = tf.pad(randomTensor([2 * B, widths.agents, widths.observation], 'other'), [
      [0, (T - 2) * B],
      [0, 0],
      [0, 0],
    ])
    return tf.add(inputs().observations!, noise) // of the first two times
  }
  const resetsAt = (time: number) =>
    tf.tensor1d(Array.from({ length: T * B }, (_, i) => (i < B || Math.floor(i / B) === time ? 1 : 0)))

  test('remembers what was seen', () => {
    const resets = resetsAt(0)
    expect(latentsAt(2, { resets, observations: earlier() })).not.toEqual(latentsAt(2, { resets }))
  })

  test('forgets it where an episode begins', () => {
    const resets = resetsAt(2)
    for (const time of [2, 3])
      expect(latentsAt(time, { resets, observations: earlier() })).toEqual(latentsAt(time, { resets }))
  })

  test('draws each class as one 1', () => {
    const { stoch } = unroll(world, weights, inputs(), debug, size)
    const sums = tf.sum(tf.reshape(stoch, [-1, debug.classes]), 1).dataSync()
    expect(new Set(sums)).toEqual(new Set([1]))
    expect(new Set(stoch.dataSync())).toEqual(new Set([0, 1]))
  })
})

test('the loss depends on every weight, and its parts are finite', () => {
  const objective = worldObjective(world, widths, debug, size)
  const { loss, metrics } = objective.loss(weights, inputs())
  for (const part of [loss, ...Object.values(metrics)]) expect(Number.isFinite(part.dataSync()[0])).toBe(true)
  const { grads } = tf
    .engine()
    .gradients(() => objective.loss(weights, inputs()).loss, Object.values(weights), undefined, true)
  const silent = Object.keys(weights).filter((_, i) => !grads[i]!.dataSync().some((x) => x !== 0))
  expect(silent).toEqual([])
})

test('what an action earns depends on the action itself', () => {
  const rewardOf = (actions: tf.Tensor) => {
    const { stoch, next } = unroll(world, weights, { ...inputs(), actions }, debug, size)
    return world
      .reward(weights, tf.concat([stoch, next], -1))
      .dataSync()
      .slice((T - 1) * B * widths.agents)
  }
  const { actions } = inputs()
  const last = tf.concat([
    tf.zeros([(T - 1) * B, widths.agents, widths.action]),
    randomTensor([B, widths.agents, widths.action], 'a'),
  ])
  expect([...rewardOf(tf.add(actions!, last))]).not.toEqual([...rewardOf(actions!)])
})
