// What entropy comes to where the best policy is known: an actor against critics that are made by hand.
import '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { squashedObjective } from '../../../src/algorithms/hasac/objectives.ts'
import { Temperatures } from '../../../src/algorithms/hasac/temperatures.ts'
import { Rng } from '../../../src/common/rng.ts'
import { tensor } from '../../../src/common/tensors.ts'
import { bucketFeeds } from '../../../src/graph/bucket-tensors.ts'
import { packBuckets, planBuckets } from '../../../src/graph/buckets.ts'
import { createEngine, type Engine } from '../../../src/learning/engines/engine.ts'
import { Learner } from '../../../src/learning/learner.ts'
import { createSquashedActor } from '../../../src/networks/squashed-actor.ts'
import { createTwinCritic } from '../../../src/networks/twin-critic.ts'

const [R, O, A, STEPS] = [128, 2, 1, 500]
const widths = { agents: 1, observation: O, action: A, state: 1 }
const size = { width: 4, layers: 2 }
const critic = createTwinCritic(1 + A, size)

/** Values -steep |action - peak|: two units say how far above and below it is. */
function criticsOf(steep: number, peak: number): Float32Array[] {
  const made: Record<string, number[]> = {
    'layers.0.weight': [0, 0, 0, 0, 1, -1, 0, 0],
    'layers.0.bias': [-peak, peak, 0, 0],
    'layers.1.weight': Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0)),
    'layers.1.bias': [0, 0, 0, 0],
    'value.weight': [-steep, -steep, 0, 0],
    'value.bias': [0],
  }
  const values = critic.parameters.map(({ name }) => [name, Float32Array.from(made[name.slice(3)]!)] as const)
  return packBuckets(planBuckets(critic.parameters), new Map(values))
}

let engine: Engine
beforeAll(async () => {
  engine = await createEngine('onnx')
})

/** Entropy and temperature after every update. */
async function learn(critics: Float32Array[]) {
  const objective = squashedObjective(createSquashedActor(widths, size), critic, widths, R, 'actor')
  const learner = await Learner.create(
    objective,
    { clipNorm: Number.POSITIVE_INFINITY, weightDecay: 0, seed: 1 },
    engine,
  )
  const temperatures = new Temperatures({ agents: 1, action: A, learningRate: 0.02 })
  const course: { entropy: number; temperature: number }[] = []
  for (let i = 0; i < STEPS; i++) {
    const rng = new Rng('entropy', i)
    const given = {
      observations: tensor([R, O], rng.normals(R * O)),
      noise: tensor([R, A], rng.normals(R * A)),
      inputs: tensor([R, 1]),
      others: tensor([R, A]),
      place: tensor([A], Float32Array.of(1)),
      temperature: tensor([], Float32Array.of(temperatures.ofAgent(0))),
      ...bucketFeeds('critic', critics),
    }
    const { entropy } = await learner.step(given, 0.02)
    temperatures.learnOfAgent(0, -entropy!)
    course.push({ entropy: entropy!, temperature: temperatures.ofAgent(0) })
  }
  await learner.close()
  return course
}

const late = (course: readonly { entropy: number }[]) =>
  course.slice(-100).reduce((sum, { entropy }) => sum + entropy, 0) / 100

test('where all actions are worth the same it becomes uniform, and the temperature falls all the time', async () => {
  const course = await learn(criticsOf(0, 0))
  expect(Math.abs(late(course) - A * Math.LN2)).toBeLessThan(0.05)
  for (const [i, { temperature }] of course.entries())
    expect(temperature).toBeLessThan(course[i - 1]?.temperature ?? 1)
})

test('where one action is worth much more the entropy settles at minus its entries', async () => {
  const course = await learn(criticsOf(20, 0.3))
  expect(Math.abs(late(course) + A)).toBeLessThan(0.2)
})
