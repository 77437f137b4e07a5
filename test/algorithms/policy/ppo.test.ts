// Which samples actor and critic are given, and how often.
import { describe, expect, test } from 'vitest'
import { type PpoBatch, ppoUpdate } from '../../../src/algorithms/policy/ppo.ts'
import { ValueNormaliser } from '../../../src/algorithms/policy/value-normaliser.ts'
import { Rng } from '../../../src/common/rng.ts'
import type { NamedTensors } from '../../../src/common/tensors.ts'
import type { Trains } from '../../../src/learning/lanes/trains.ts'
import { CLOSE, expectClose } from '../../common/close.ts'

const [R, N, A, O, I] = [10, 2, 3, 4, 5]

/** Every array says which sample a number belongs to. */
function batch(): PpoBatch {
  const rows = (width: number, scale = 1) =>
    Float32Array.from({ length: R * width }, (_, i) => scale * Math.floor(i / width))
  return {
    samples: R,
    agents: N,
    observations: rows(N * O),
    actions: rows(N * A),
    logProbabilities: rows(N),
    advantages: rows(1),
    inputs: rows(I),
    values: rows(1),
    returns: rows(1, 100),
  }
}

/** A learner that keeps what it was given; its loss is the number of the step. */
function recorder() {
  const steps: { batch: NamedTensors; rate: number }[] = []
  const step = async (given: NamedTensors, rate: number) => ({ loss: steps.push({ batch: given, rate }) })
  return { steps, trains: { step, updates: 0 } as unknown as Trains }
}

async function update(passes: number, minibatches: number, key = 1) {
  const [actor, critic, normaliser] = [recorder(), recorder(), new ValueNormaliser()]
  const metrics = await ppoUpdate(
    { actor: actor.trains, critic: critic.trains },
    batch(),
    { passes, minibatches, learningRate: 5e-4 },
    normaliser,
    new Rng(key),
  )
  const samplesOf = (steps: typeof actor.steps, name: string) =>
    steps.map((step) => {
      const { data, shape } = step.batch[name]!
      const width = data.length / shape[0]!
      return Array.from({ length: shape[0]! }, (_, row) => data[row * width]!)
    })
  return { actor: actor.steps, critic: critic.steps, metrics, normaliser, samplesOf }
}

describe('one minibatch', () => {
  test('is the batch as it is, once a pass, with the shapes that the objectives declare', async () => {
    const { actor, critic, samplesOf, metrics } = await update(5, 1)
    const all = Array.from({ length: R }, (_, i) => i)
    expect(samplesOf(actor, 'advantages')).toEqual(Array(5).fill(all))
    expect(samplesOf(critic, 'values')).toEqual(Array(5).fill(all))
    const shapes = (given: NamedTensors) => Object.entries(given).map(([name, { shape }]) => [name, shape])
    expect(Object.fromEntries(shapes(actor[0]!.batch))).toEqual({
      observations: [R, N, O],
      actions: [R, N, A],
      log_probabilities: [R, N],
      advantages: [R, 1],
    })
    expect(Object.fromEntries(shapes(critic[0]!.batch))).toEqual({
      inputs: [R, I],
      values: [R],
      returns: [R],
    })
    expect(new Set([...actor, ...critic].map(({ rate }) => rate))).toEqual(new Set([5e-4]))
    expect(metrics).toEqual({ actor: { loss: 5 }, critic: { loss: 5 } }) // of the last step
  })
})

describe('three minibatches of ten samples', () => {
  test('have three samples each, none twice in a pass, and every pass goes over them in another order', async () => {
    const { actor, samplesOf } = await update(4, 3)
    const parts = samplesOf(actor, 'advantages')
    expect(parts.map((part) => part.length)).toEqual(Array(12).fill(3))
    const passes = [0, 3, 6, 9].map((i) => parts.slice(i, i + 3).flat())
    for (const pass of passes) expect(new Set(pass).size).toBe(9)
    expect(new Set(passes.map(String)).size).toBe(4)
    expect(new Set(passes.flat()).size).toBe(R) // what one pass leaves out, another has
  })

  test('give actor and critic the same samples, whole', async () => {
    const { actor, critic, samplesOf } = await update(2, 3)
    const expected = samplesOf(actor, 'advantages')
    for (const name of ['observations', 'actions', 'log_probabilities'])
      expect(samplesOf(actor, name)).toEqual(expected)
    for (const name of ['inputs', 'values']) expect(samplesOf(critic, name)).toEqual(expected)
    for (const { batch: given } of actor)
      for (const [i, advantage] of given.advantages!.data.entries())
        expect([...given.observations!.data.subarray(i * N * O, (i + 1) * N * O)]).toEqual(
          Array(N * O).fill(advantage),
        )
  })

  test('are a function of the random stream', async () => {
    const order = async (key: number) => {
      const { actor, samplesOf } = await update(2, 3, key)
      return samplesOf(actor, 'advantages')
    }
    expect(await order(1)).toEqual(await order(1))
    expect(await order(2)).not.toEqual(await order(1))
  })
})

test('returns are normalised by statistics that have taken them in already', async () => {
  const { critic, normaliser } = await update(1, 1)
  const expected = new ValueNormaliser()
  expected.update(batch().returns)
  expect(normaliser.state).toEqual(expected.state)
  expectClose(critic[0]!.batch.returns!.data, expected.normalise(batch().returns), CLOSE.float32)
})

test('every minibatch moves the statistics', async () => {
  expect((await update(5, 2)).normaliser.state.weight).toBeCloseTo(1 - 0.99999 ** 10, 12)
})
