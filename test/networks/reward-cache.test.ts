// dima.md 9, check 5: the Transformer with a key/value cache equals the pass over the whole sequence, step by step,
// also after a reset in the middle: older entries of that row are masked, positions go on counting.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { createRewardModel, type RewardCache } from '../../src/networks/reward-model.ts'
import { debug, dims, random, randomWeights, tensorsOf, toTensor, useCpu } from './fixture.ts'

beforeAll(useCpu)

const { horizon: H, state: S, agents: N, action: A } = dims
const B = 3
const model = createRewardModel(dims, { ...debug.reward, layers: 2 })
const values = randomWeights(model.parameters)
const states = random([B, H, S], 'states')
const actions = random([B, H, N, A], 'actions')

/** Rewards and logits of every step from one pass, [B, H, 3]. */
function whole(segments: number[][]): Float32Array {
  const input = { states: toTensor(states), actions: toTensor(actions), segments: tf.tensor2d(segments) }
  const { rewards, logits } = model.predict(tensorsOf(model.parameters, values), input)
  return tf.concat([tf.expandDims(rewards, 2), logits], 2).dataSync() as Float32Array
}

/** The same step by step: a cached step is visible while the row is in the segment it was in. */
function stepByStep(segments: number[][]): Float32Array {
  const weights = tensorsOf(model.parameters, values)
  const outputs: tf.Tensor[] = []
  let cache: RewardCache | undefined
  for (let t = 0; t < H; t++) {
    const visible = segments.map((row) => row.slice(0, t).map((segment) => (segment === row[t] ? 1 : 0)))
    const result = model.step(weights, {
      state: tf.reshape(tf.slice(toTensor(states), [0, t, 0], [B, 1, S]), [B, S]),
      action: tf.reshape(tf.slice(toTensor(actions), [0, t, 0, 0], [B, 1, N, A]), [B, N, A]),
      visible: tf.tensor(visible.flat(), [B, t]),
      ...(cache ? { cache } : {}),
    })
    cache = result.cache
    outputs.push(tf.concat([tf.expandDims(result.rewards, 1), result.logits], 1))
  }
  return tf.stack(outputs, 1).dataSync() as Float32Array
}

const largestGap = (a: Float32Array, b: Float32Array) =>
  a.reduce((gap, x, i) => Math.max(gap, Math.abs(x - b[i]!)), 0)
const constant = (segment: number) => Array<number>(H).fill(segment)
const resetAt = (step: number) => Array.from({ length: H }, (_, t) => (t < step ? 0 : 1))

test('the cached steps equal the whole pass', () => {
  const segments = [constant(0), constant(0), constant(0)]
  expect(largestGap(stepByStep(segments), whole(segments))).toBeLessThan(1e-6)
})

test('also for rows that are reset at different steps', () => {
  const segments = [resetAt(6), constant(0), resetAt(1)]
  const [cached, full] = [stepByStep(segments), whole(segments)]
  expect(largestGap(cached, full)).toBeLessThan(1e-6)
  const never = stepByStep([constant(0), constant(0), constant(0)])
  expect(largestGap(cached, never)).toBeGreaterThan(1e-3) // the reset did hide something
})
