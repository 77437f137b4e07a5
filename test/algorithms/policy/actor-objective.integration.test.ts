// PPO's loss of the actor, method.md 4.3.
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { actorObjective } from '../../../src/algorithms/policy/actor-objective.ts'
import { logProbability } from '../../../src/algorithms/policy/gaussian.ts'
import { initialValues } from '../../../src/common/parameters.ts'
import { Rng } from '../../../src/common/rng.ts'
import { type NamedTensors, sizeOf, tensor } from '../../../src/common/tensors.ts'
import { createEngine, type EngineName } from '../../../src/learning/engines/engine.ts'
import { Learner } from '../../../src/learning/learner.ts'
import { createActor } from '../../../src/networks/actor.ts'
import { CLOSE, expectClose } from '../../common/close.ts'

beforeAll(() => tf.setBackend('cpu'))

const dims = { context: 3, agents: 2, action: 3, state: 4, observation: 5, horizon: 15 }
const { agents: N, action: A, observation: O } = dims
const R = 6
const [CLIP, ETA] = [0.1, 0.01]

const actor = createActor(dims, { width: 16, layers: 2 })
const initial = initialValues(actor.parameters, 7)
const weights = () =>
  Object.fromEntries(actor.parameters.map(({ name, shape }) => [name, tf.tensor(initial.get(name)!, shape)]))
const objectiveOf = (eta = ETA) => actorObjective(actor, dims, R, { clip: CLIP, entropy: eta })

const draw = (shape: number[], ...key: (string | number)[]) =>
  tensor(shape, new Rng(...key).normals(sizeOf(shape)))
const toTf = (inputs: NamedTensors) =>
  Object.fromEntries(Object.entries(inputs).map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]))

/** Log-densities [R, N] that the actor gives actions now. */
function likelihoods({ observations, actions }: NamedTensors, values = weights()): Float32Array {
  const { mean, std } = actor.act(values, tf.tensor(observations!.data, observations!.shape))
  return logProbability(tf.tensor(actions!.data, actions!.shape), mean, std).dataSync() as Float32Array
}

/** A batch drawn with the actor as it is, so that all ratios are 1; `shift` is taken from the logarithms. */
function batchOf(advantages: number[], shift: number[] = []): NamedTensors {
  const drawn = { observations: draw([R, N, O], 'seen'), actions: draw([R, N, A], 'acts') }
  drawn.actions.data = drawn.actions.data.map((x) => 0.3655 * x)
  const logs = likelihoods(drawn).map((value, i) => value - (shift[i] ?? 0))
  return {
    ...drawn,
    log_probabilities: tensor([R, N], logs),
    advantages: tensor([R, 1], Float32Array.from(advantages)),
  }
}

const ADVANTAGES = [1, -0.5, 2, 0.25, -1.5, 0.75]
const MEAN = ADVANTAGES.reduce((a, b) => a + b, 0) / R
const evaluate = (batch: NamedTensors, eta = ETA) => {
  const { loss, metrics } = objectiveOf(eta).loss(weights(), toTf(batch))
  const numbers = Object.entries(metrics).map(([name, value]) => [name, value.dataSync()[0]!])
  return { loss: loss.dataSync()[0]!, ...Object.fromEntries(numbers) } as Record<string, number>
}

describe('before the first step, where every ratio is 1', () => {
  const H = A * Math.log(0.5 / (1 + Math.exp(-1)) / Math.sqrt(1 / (2 * Math.PI * Math.E)))

  test('the loss is minus the mean advantage, minus the weight times the entropy', () => {
    const found = evaluate(batchOf(ADVANTAGES))
    expect(found.loss).toBeCloseTo(-MEAN - ETA * H, 5)
    expect(found.entropy).toBeCloseTo(H, 5)
    expect(found.policy_std).toBeCloseTo(0.3655, 4)
    expect(found.clip_fraction).toBe(0)
    expect(Math.abs(found.approximate_kl!)).toBeLessThan(1e-5)
  })

  test('without the entropy only the advantages are left', () => {
    expect(evaluate(batchOf(ADVANTAGES), 0).loss).toBeCloseTo(-MEAN, 5)
  })
})

describe('ratios beyond the clip', () => {
  const [up, down] = [Math.log(1.5), Math.log(0.5)]
  const all = (value: number) => Array<number>(R * N).fill(value)

  /** The loss and the length of its gradient, without the entropy. */
  function slope(advantage: number, shift: number) {
    const inputs = toTf(batchOf(Array(R).fill(advantage), all(shift)))
    const loss = (...tensors: tf.Tensor[]) => {
      const named = Object.fromEntries(actor.parameters.map(({ name }, i) => [name, tensors[i]!]))
      return objectiveOf(0).loss(named, inputs).loss
    }
    const { value, grads } = tf.valueAndGrads(loss)(Object.values(weights()))
    const squares = grads.map((gradient) => tf.sum(tf.square(gradient)).dataSync()[0]!)
    return { loss: value.dataSync()[0]!, norm: Math.sqrt(squares.reduce((a, b) => a + b, 0)) }
  }

  test.each([
    ['more likely and good', 2, up, -2 * (1 + CLIP)],
    ['less likely and bad', -2, down, 2 * (1 - CLIP)],
  ])('an action that is %s by now gets no gradient', (_, advantage, shift, loss) => {
    const found = slope(advantage, shift)
    expect(found.loss).toBeCloseTo(loss, 5)
    expect(found.norm).toBe(0)
  })

  test.each([
    ['more likely and bad', -2, up, 2 * 1.5],
    ['less likely and good', 2, down, -2 * 0.5],
  ])('an action that is %s is brought back, unclipped', (_, advantage, shift, loss) => {
    const found = slope(advantage, shift)
    expect(found.loss).toBeCloseTo(loss, 5)
    expect(found.norm).toBeGreaterThan(0.01)
  })

  test('are counted, and their divergence is never negative', () => {
    const found = evaluate(batchOf(ADVANTAGES, [up, down, up, 0.01, -0.01]))
    expect(found.clip_fraction).toBeCloseTo(3 / (R * N), 6)
    const k3 = (log: number) => Math.exp(log) - 1 - log
    const mean = (2 * k3(up) + k3(down) + k3(0.01) + k3(-0.01)) / (R * N)
    expect(found.approximate_kl).toBeCloseTo(mean, 5)
  })
})

describe('a step of the learner', () => {
  /** One sample counts; the parameters after a step, and how likely its actions are then. */
  async function learn(engine: EngineName, advantage: number) {
    const options = { clipNorm: 10, weightDecay: 0, epsilon: 1e-5, seed: 7 }
    const learner = await Learner.create(objectiveOf(0), options, await createEngine(engine, 1))
    const batch = batchOf([advantage, 0, 0, 0, 0, 0])
    const metrics = await learner.step(batch, 1e-3)
    const after = new Map([...learner.weights()].map(([name, values]) => [name, values.slice()]))
    await learner.close()
    await tf.setBackend('cpu')
    const values = actor.parameters.map(({ name, shape }) => {
      return [name, tf.tensor(after.get(name)!.slice(0, sizeOf(shape)), shape)]
    })
    const [before, now] = [batch.log_probabilities!.data, likelihoods(batch, Object.fromEntries(values))]
    return { metrics, after, gain: [0, 1].map((n) => now[n]! - before[n]!) }
  }

  test.each([
    ['more', 1],
    ['less', -1],
  ])('makes the actions of all agents %s likely with advantage %d', async (_, advantage) => {
    const { gain } = await learn('onnx', advantage)
    for (const change of gain) expect(advantage * change).toBeGreaterThan(1e-3)
  })

  test('is the same on tfjs-cpu', async () => {
    const [onnx, tfjs] = [await learn('onnx', 1), await learn('tfjs-cpu', 1)]
    expect(Object.keys(onnx.metrics)).toEqual(Object.keys(tfjs.metrics))
    for (const [name, value] of Object.entries(onnx.metrics))
      expectClose([value], [tfjs.metrics[name]!], CLOSE.network)
    for (const [name, values] of onnx.after) expectClose(values, tfjs.after.get(name)!, CLOSE.parameters)
  })
})

test('a factor multiplies outside of the minimum: it weights a sample and moves no clip', () => {
  const weight = tensor([R, 1], Float32Array.of(2, 0.5, 1, 3, 0.25, 1))
  const seen = { observations: draw([R, 1, O], 'seen'), actions: draw([R, 1, A], 'acts') }
  const shift = [0.4, -0.4, 0.02, 0, 0.4, -0.4]
  const logs = likelihoods(seen).map((value, i) => value - shift[i]!)
  const advantages = tensor([R, 1], Float32Array.from(ADVANTAGES))
  const batch = { ...seen, log_probabilities: tensor([R, 1], logs), advantages, factor: weight }
  const objective = actorObjective(actor, { ...dims, agents: 1 }, R, { clip: CLIP, entropy: 0, factor: true })
  const expected = ADVANTAGES.map((advantage, i) => {
    const ratio = Math.exp(shift[i]!)
    const clipped = Math.min(1 + CLIP, Math.max(1 - CLIP, ratio))
    return weight.data[i]! * Math.min(ratio * advantage, clipped * advantage)
  })
  const { loss } = objective.loss(weights(), toTf(batch))
  expect(loss.dataSync()[0]).toBeCloseTo(-expected.reduce((a, b) => a + b, 0) / R, 5)
})
