import { beforeAll, expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import type { Feeds } from '../../src/common/tensors.ts'
import { createEngine, type Engine } from '../../src/learning/engines/engine.ts'
import { Learner } from '../../src/learning/learner.ts'
import { CLOSE, expectClose } from '../common/close.ts'
import { randomData } from '../runs/data.ts'
import { trainingOf } from '../runs/training.ts'

const { objective, draw } = trainingOf('decoder')
const batches = [1, 2, 3, 4].map((i) => draw(randomData(), new Rng('batch', i)))
const create = async () =>
  Learner.create(objective, { clipNorm: 10, weightDecay: 0.01, seed: 1 }, await createEngine('onnx', 1))

let learner: Learner
beforeAll(async () => {
  learner = await create()
})

const advance = async (one: Learner, from: number, to: number) => {
  for (const batch of batches.slice(from, to)) await one.step(batch, 1e-3)
}
const stateOf = (one: Learner) => structuredClone(one.state())

test('a restored state goes on as the one it was saved from', async () => {
  await advance(learner, 0, 2)
  const saved = stateOf(learner)
  await advance(learner, 2, 4)
  const other = await create()
  other.restore(saved)
  expect(other.updates).toBe(2)
  await advance(other, 2, 4)
  expect(other.state()).toEqual(learner.state())
  await other.close()
})

test('restoring copies: training on leaves the saved state as it was', async () => {
  const saved = stateOf(learner)
  const kept = structuredClone(saved)
  learner.restore(saved)
  await advance(learner, 0, 3)
  expect(saved).toEqual(kept)
})

test('moments are part of the state: without them the next update differs', async () => {
  const saved = stateOf(learner)
  await advance(learner, 0, 1)
  const expected = stateOf(learner)
  learner.restore({ ...saved, m: saved.m.map((m) => m.map(() => 0)) })
  await advance(learner, 0, 1)
  expect(learner.state().p).not.toEqual(expected.p)
})

test('the state of another network is refused', () => {
  const state = stateOf(learner)
  const refusal = expect.objectContaining({
    code: 'invalid_config',
    message: expect.stringContaining('another decoder network'),
  })
  expect(() => learner.restore({ ...state, m: state.m.map((m) => m.subarray(1)) })).toThrow(refusal)
  expect(() => learner.restore({ ...state, v: [] })).toThrow(refusal)
})

test('feeds the step AdamW bias corrections of the update it is, also after a restore', async () => {
  const fed: Feeds[] = []
  const recording: Engine = async () => ({
    run: async (inputs) => {
      fed.push(inputs)
      return {}
    },
    release: async () => {},
  })
  const one = await Learner.create(objective, { clipNorm: 1, weightDecay: 0.25, seed: 1 }, recording)
  await one.step({}, 0.5)
  await one.step({}, 0.5)
  one.restore({ ...stateOf(one), updates: 6 })
  await one.step({}, 0.125)
  const of = (name: string) => fed.map((inputs) => inputs[name]!.data[0]!)
  expectClose(of('bias_correction1'), [1 - 0.9, 1 - 0.9 ** 2, 1 - 0.9 ** 7], CLOSE.float32)
  expectClose(of('bias_correction2'), [1 - 0.999, 1 - 0.999 ** 2, 1 - 0.999 ** 7], CLOSE.float32)
  expect([of('learning_rate'), of('weight_decay')]).toEqual([
    [0.5, 0.5, 0.125],
    [0.25, 0.25, 0.25],
  ])
})

test.each([undefined, 1e-5])('hands epsilon %s to the engine', async (epsilon) => {
  const asked: (number | undefined)[] = []
  const engine: Engine = async (step) => {
    asked.push(step.epsilon)
    return { run: async () => ({}), release: async () => {} }
  }
  const options = { clipNorm: 1, weightDecay: 0, seed: 1 }
  await Learner.create(objective, epsilon === undefined ? options : { ...options, epsilon }, engine)
  expect(asked).toEqual([epsilon])
})

test('a learning rate of zero changes nothing but the moments', async () => {
  const before = stateOf(learner)
  await learner.step(batches[0]!, 0)
  expect(learner.state().p).toEqual(before.p)
  expect(learner.state().m).not.toEqual(before.m)
})
