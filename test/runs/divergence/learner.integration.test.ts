// A network stops at its first number that is not finite, on every engine, and says which and why.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { createEngine, type EngineName } from '../../../src/learning/engines/engine.ts'
import { Learner } from '../../../src/learning/learner.ts'
import { stackSteps } from '../../graph/stack-steps.ts'
import { randomData } from '../data.ts'
import { trainingOf } from '../training.ts'

const { objective, draw } = trainingOf('decoder')
const batchOf = (i: number) => draw(randomData(), new Rng('batch', i))

async function open(engine: EngineName = 'onnx', stepsPerCall?: number): Promise<Learner> {
  const options = { clipNorm: 10, weightDecay: 0.01, seed: 1, rateName: 'decoder.learningRate' }
  const several = stepsPerCall === undefined ? {} : { stepsPerCall }
  return Learner.create(objective, options, await createEngine(engine, several))
}

const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'not_finite', message: expect.stringMatching(message) })

test.each<EngineName>(['onnx', 'tfjs-cpu'])('a loss that explodes, on %s', async (engine) => {
  const learner = await open(engine)
  await learner.step(batchOf(1), 1e30)
  await expect(learner.step(batchOf(2), 1e-3)).rejects.toThrow(
    refusal(
      /^decoder: loss of update 2 is (NaN|Infinity) \(learning rate 0.001, largest number of its batch -?[\d.]+ in \w+\): try a lower decoder.learningRate \(--set\) in another --out/,
    ),
  )
  await learner.close()
})

test('of several updates in a call the one is named that exploded', async () => {
  const learner = await open('onnx', 3)
  await learner.stepMany(stackSteps([1, 2, 3].map(batchOf)), [1e-3, 1e-3, 1e-3])
  await expect(learner.stepMany(stackSteps([4, 5, 6].map(batchOf)), [1e-3, 1e30, 1e-3])).rejects.toThrow(
    refusal(/^decoder: loss of update 6 is /),
  )
  await learner.close()
})

test('a batch that is at fault itself', async () => {
  const learner = await open()
  const batch = batchOf(1)
  batch.observations!.data[5] = Number.NaN
  await expect(learner.step(batch, 1e-3)).rejects.toThrow(
    refusal(/^decoder: loss of update 1 is NaN: its batch has NaN in observations$/),
  )
  await learner.close()
})

test('parameters of a last update that nothing followed', async () => {
  const learner = await open()
  await learner.step(batchOf(1), Number.MAX_VALUE) // Infinity in 32 bits
  expect(() => learner.state()).toThrow(
    refusal(/^decoder: [a-z0-9.]+ has (NaN|-?Infinity) after update 1: try/),
  )
  await learner.close()
})
