// method.md 4.1: the Gaussian actor that all agents share.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { countOf, initialValues } from '../../src/common/parameters.ts'
import { openGraphSession } from '../../src/engine/session.ts'
import { createActor } from '../../src/networks/actor.ts'
import { compilePolicy } from '../../src/networks/policy-graph.ts'
import { DIMA_POLICY } from '../../src/networks/policy-sizes.ts'
import { CLOSE, expectClose } from '../common/close.ts'
import {
  dims,
  random,
  randomTensor,
  randomWeights,
  tensorsOf,
  toTensor,
  useCpu,
} from '../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

const { agents: N, action: A, observation: O } = dims
const actor = createActor(dims, DIMA_POLICY.actor)
const fresh = () => initialValues(actor.parameters, 1)

/** What the actor says with these weights: mean and standard deviation, flat. */
function act(weights: Map<string, Float32Array>, observations: tf.Tensor) {
  const { mean, std } = actor.act(tensorsOf(actor.parameters, weights), observations)
  return { mean: mean.dataSync(), std: std.dataSync(), shapes: [mean.shape, std.shape] }
}

test('has 36,780 parameters for HalfCheetah-2x3 (method.md 5)', () => {
  expect([O, A]).toEqual([19, 3])
  expect(countOf(actor.parameters)).toBe(36_780)
})

describe('at the start', () => {
  const { mean, std, shapes } = act(fresh(), randomTensor([50, N, O], 'seen'))

  test('the standard deviation is 0.5 sigmoid(1) everywhere', () => {
    expect(shapes).toEqual([
      [50, N, A],
      [50, N, A],
    ])
    expectClose(std, Array(50 * N * A).fill(0.5 / (1 + Math.exp(-1))), CLOSE.float32)
    expect(std[0]).toBeCloseTo(0.3655, 4)
  })

  test('means are near zero but not all the same: the first policy is nearly the random one', () => {
    expect(mean.every((x) => Math.abs(x) < 0.06)).toBe(true)
    expect(new Set(mean).size).toBe(mean.length)
  })
})

test.each([
  [50, 0.5],
  [3, 0.5 / (1 + Math.exp(-3))],
  [-50, 0],
])('a spread of %d is a standard deviation of %d: between 0 and 0.5', (spread, expected) => {
  const weights = fresh().set('spread', new Float32Array(A).fill(spread))
  const { std } = act(weights, randomTensor([2, N, O], 'seen'))
  expectClose(std, Array(2 * N * A).fill(expected), CLOSE.float32)
  expect(std.every((value) => value <= 0.5)).toBe(true)
})

test('the standard deviation does not depend on what is seen, and each entry has its own', () => {
  const weights = randomWeights(actor.parameters)
  const { std } = act(weights, randomTensor([4, N, O], 'seen'))
  const first = [...std.subarray(0, A)]
  expect(new Set(first).size).toBe(A)
  for (let i = 0; i < 4 * N; i++) expect([...std.subarray(i * A, (i + 1) * A)]).toEqual(first)
})

test('agents that see the same act alike; what one sees is nothing to the other', () => {
  const weights = randomWeights(actor.parameters)
  const [one, other] = [randomTensor([1, 1, O], 'one'), randomTensor([1, 1, O], 'other')]
  const means = (...seen: tf.Tensor[]) => {
    const { mean } = act(weights, tf.concat(seen, 1))
    return seen.map((_, n) => [...mean.subarray(n * A, (n + 1) * A)])
  }
  const [a, b] = means(one, one)
  expect(a).toEqual(b)
  const [c, d] = means(one, other)
  expectClose(c!, a!, CLOSE.float32)
  expect(d).not.toEqual(a)
})

test('compiled for any batch it equals the eager network', async () => {
  const weights = randomWeights(actor.parameters)
  const session = await openGraphSession(compilePolicy(actor, dims, weights))
  for (const batch of [1, 3, 11]) {
    const observations = random([batch, N, O], 'seen', batch)
    const served = await session.run({ observations })
    const { mean, std, shapes } = act(weights, toTensor(observations))
    expect([served.mean!.shape, served.std!.shape]).toEqual(shapes)
    expectClose(served.mean!.data, mean, CLOSE.network)
    expectClose(served.std!.data, std, CLOSE.network)
  }
  await session.release()
})
