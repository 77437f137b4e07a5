// method.md 3: the reward model sees s_<=t and a_<=t of the same episode, and nothing else. A key/value cache relies
// on the same property.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import type { Tensor } from '../../../../src/common/tensors.ts'
import { createRewardModel } from '../../../../src/worlds/dima/networks/reward-model.ts'
import { CLOSE, expectClose, sameBits } from '../../../common/close.ts'
import { debug, dims, random, randomWeights, tensorsOf, toTensor, useCpu } from './fixture.ts'

beforeAll(useCpu)

const { horizon: H, state: S, agents: N, action: A } = dims
const model = createRewardModel(dims, { ...debug.reward, layers: 2 })
const values = randomWeights(model.parameters)

const states = random([2, H, S], 'states')
const actions = random([2, H, N, A], 'actions')

/** The same array with the numbers of row 0, step t, replaced. */
function changedAt({ data, shape }: Tensor, t: number): Tensor {
  const width = data.length / 2 / H
  const copy = data.slice()
  copy.set(random([width], 'other').data, t * width)
  return { data: copy, shape }
}

/** Rewards and logits of every step: [2][H][3]. */
function outputs(s: Tensor, a: Tensor, segments?: number[]): Float32Array[][] {
  const input = { states: toTensor(s), actions: toTensor(a) }
  const owner = segments ? { segments: tf.tensor2d([segments, segments]) } : {}
  const { rewards, logits } = model.predict(tensorsOf(model.parameters, values), { ...input, ...owner })
  const all = tf.concat([tf.expandDims(rewards, 2), logits], 2).dataSync() as Float32Array
  return [0, 1].map((row) =>
    Array.from({ length: H }, (_, t) => all.subarray((row * H + t) * 3, (row * H + t + 1) * 3)),
  )
}

const stepsThatDiffer = (a: Float32Array[], b: Float32Array[]) =>
  a.map((_, t) => t).filter((t) => !sameBits(a[t]!, b[t]!))

const from = (t: number, to = H) => Array.from({ length: to - t }, (_, i) => t + i)

test.each([0, 1, 7, H - 1])('the state of step %d changes the outputs from this step on', (t) => {
  const [before, after] = [outputs(states, actions), outputs(changedAt(states, t), actions)]
  expect(stepsThatDiffer(before[0]!, after[0]!)).toEqual(from(t))
  expect(stepsThatDiffer(before[1]!, after[1]!)).toEqual([])
})

test.each([0, 1, 7, H - 1])('the joint action of step %d changes the outputs from this step on', (t) => {
  const [before, after] = [outputs(states, actions), outputs(states, changedAt(actions, t))]
  expect(stepsThatDiffer(before[0]!, after[0]!)).toEqual(from(t))
})

test('steps of another segment have no influence, in either direction', () => {
  const segments = from(0).map((t) => (t < 6 ? 0 : 1))
  const before = outputs(states, actions, segments)[0]!
  const first = outputs(changedAt(states, 2), changedAt(actions, 2), segments)[0]!
  const second = outputs(changedAt(states, 9), changedAt(actions, 9), segments)[0]!
  expect(stepsThatDiffer(before, first)).toEqual(from(2, 6))
  expect(stepsThatDiffer(before, second)).toEqual(from(9))
})

test('one segment is the same as none', () => {
  const [one, none] = [outputs(states, actions, from(0).fill(3)), outputs(states, actions)]
  for (const t of from(0)) expectClose(one[0]![t]!, none[0]![t]!, CLOSE.float32)
})

test('a shorter sequence is a prefix of a longer one', () => {
  const short = model.predict(tensorsOf(model.parameters, values), {
    states: tf.slice(toTensor(states), [0, 0, 0], [1, 5, S]),
    actions: tf.slice(toTensor(actions), [0, 0, 0, 0], [1, 5, N, A]),
  })
  const long = outputs(states, actions)[0]!
  expectClose(
    short.rewards.dataSync(),
    from(0, 5).map((t) => long[t]![0]!),
    CLOSE.float32,
  )
})
