// The average of a network's parameters, which is what imagines and is exported.
import { describe, expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { createEngine, type EngineName, type EngineOptions } from '../../src/learning/engines/engine.ts'
import { Learner } from '../../src/learning/learner.ts'
import { expectClose } from '../common/close.ts'
import { stackSteps } from '../graph/stack-steps.ts'
import { randomData } from '../runs/data.ts'
import { trainingOf } from '../runs/training.ts'

const { objective, draw } = trainingOf('decoder')
const batches = [1, 2, 3].map((i) => draw(randomData(), new Rng('batch', i)))
const RATE = 1e-3

const create = async (average: number, engine: EngineName = 'onnx', options: EngineOptions = {}) =>
  Learner.create(
    objective,
    { clipNorm: 10, weightDecay: 0.01, seed: 1, average },
    await createEngine(engine, options),
  )

const copyOf = (buckets: Float32Array[]) => buckets.map((bucket) => bucket.slice())

describe.each<EngineName>(['onnx', 'tfjs-cpu'])('%s', (engine) => {
  test('follows the parameters, faster at first, and never slower than its share', async () => {
    const learner = await create(0.2, engine)
    const expected = copyOf(learner.parameters())
    for (const [i, batch] of batches.entries()) {
      await learner.step(batch, RATE)
      const rate = Math.max(0.8, 9 / (11 + i)) // 0.818, 0.8, 0.8
      const { p } = learner.state()
      for (const [b, bucket] of expected.entries())
        for (let j = 0; j < bucket.length; j++) bucket[j]! += rate * (p[b]![j]! - bucket[j]!)
    }
    for (const [b, bucket] of learner.parameters().entries())
      expectClose(bucket, expected[b]!, { atol: 1e-6, rtol: 1e-5 })
    expect(learner.parameters()).not.toEqual(learner.state().p)
    await learner.close()
  })
})

test('changes nothing of what is trained', async () => {
  const [with_, without] = [await create(0.9), await create(0)]
  for (const batch of batches) {
    await with_.step(batch, RATE)
    await without.step(batch, RATE)
  }
  const { a, ...state } = with_.state()
  expect(state).toEqual(without.state())
  expect(a).toBeDefined()
  expect(without.parameters()).toBe(without.state().p)
})

test('several updates in a call give the same', async () => {
  const [one, many] = [await create(0.9), await create(0.9, 'onnx', { stepsPerCall: batches.length })]
  for (const batch of batches) await one.step(batch, RATE)
  await many.stepMany(stackSteps(batches), Array(batches.length).fill(RATE))
  expect(many.state()).toEqual(one.state())
})

test('of a state that has none it begins at the parameters', async () => {
  const learner = await create(0.9)
  await learner.step(batches[0]!, RATE)
  const { a: _, ...saved } = structuredClone(learner.state())
  const other = await create(0.9)
  other.restore(saved)
  expect(other.parameters()).toEqual(saved.p)
})
