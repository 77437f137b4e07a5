import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { countOf } from '../../src/common/parameters.ts'
import { SAC_POLICY } from '../../src/networks/policy-sizes.ts'
import { createSquashedActor, squashed } from '../../src/networks/squashed-actor.ts'
import { createTwinCritic } from '../../src/networks/twin-critic.ts'
import { randomTensor, randomWeights, tensorsOf, useCpu } from '../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

test.each([
  { task: 'HalfCheetah-2x3', S: 17, O: 19, A: 3, actor: 72_454, critic: 72_193 },
  { task: 'Ant-2x4', S: 111, O: 113, A: 4, actor: 97_032, critic: 96_769 },
])('$task: $actor parameters an actor, $critic a critic', ({ S, O, A, actor, critic }) => {
  expect(countOf(createSquashedActor({ observation: O, action: A }, SAC_POLICY.actor).parameters)).toBe(actor)
  expect(countOf(createTwinCritic(S + 2 * A, SAC_POLICY.critic).parameters)).toBe(2 * critic)
})

test('the density of its actions integrates to 1', () => {
  const [count, mean, logStd] = [20_000, 0.4, -0.5]
  // At equal steps of x the actions are tanh(x); density times the length between two of them sums up to 1.
  const noise = tf.linspace(-8, 8, count).reshape([count, 1])
  const heads = { mean: tf.fill([count, 1], mean), logStd: tf.fill([count, 1], logStd) }
  const { actions, logProbabilities } = squashed(heads, noise)
  const [at, logs] = [actions.dataSync(), logProbabilities.dataSync()]
  let integral = 0
  for (let i = 1; i < count; i++)
    integral += 0.5 * (Math.exp(logs[i]!) + Math.exp(logs[i - 1]!)) * (at[i]! - at[i - 1]!)
  expect(integral).toBeCloseTo(1, 2)
})

test('far out it stays finite, with its gradient', () => {
  const loss = (mean: tf.Tensor) =>
    tf.sum(squashed({ mean, logStd: tf.fill([2, 1], 2) }, tf.tensor2d([[10], [-10]])).logProbabilities)
  const gradient = tf.grad(loss)(tf.tensor2d([[50], [-50]]))
  expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true)
})

test('zero noise gives the squashed mean; the deviation is kept within bounds', () => {
  const actor = createSquashedActor({ observation: 4, action: 2 }, { width: 8, layers: 2 })
  const weights = tensorsOf(actor.parameters, randomWeights(actor.parameters))
  const heads = actor.heads(weights, randomTensor([3, 4], 'seen'))
  expect([...squashed(heads, tf.zeros([3, 2])).actions.dataSync()]).toEqual([
    ...tf.tanh(heads.mean).dataSync(),
  ])
  const wide = { ...weights, 'log_std.bias': tf.fill([2], 100) }
  expect(Math.max(...actor.heads(wide, randomTensor([3, 4], 'seen')).logStd.dataSync())).toBe(2)
})
