// One update of HASAC: of one agent it is soft actor-critic as a textbook has it; of several no actor moves another.
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, expect, test } from 'vitest'
import { type HasacConfig, hasacConfig } from '../../../src/algorithms/hasac/config.ts'
import { HasacImprovement } from '../../../src/algorithms/hasac/improvement.ts'
import { actorOf, CRITIC, criticOf } from '../../../src/algorithms/hasac/recipes.ts'
import type { TransitionBatch } from '../../../src/algorithms/off-policy/batch.ts'
import { moduleUrl } from '../../../src/common/module-url.ts'
import { Rng } from '../../../src/common/rng.ts'
import { tensor } from '../../../src/common/tensors.ts'
import type { TaskSpec } from '../../../src/env/task-spec.ts'
import { bucketFeeds } from '../../../src/graph/bucket-tensors.ts'
import { planBuckets, unpackBuckets } from '../../../src/graph/buckets.ts'
import { openHost } from '../../../src/learning/lanes/open-host.ts'
import { widthsOf } from '../../../src/networks/dimensions.ts'
import { expectClose, sameBits } from '../../common/close.ts'
import { parseTrainFlags } from '../flags.ts'

const [R, A, RATE] = [8, 2, 1e-3]
const names = (count: number, letter: string) => Array.from({ length: count }, (_, i) => `${letter}${i}`)

const taskOf = (agents: number): TaskSpec => ({
  name: 'Hand-v0',
  agents: names(agents, 'agent_').map((name) => ({
    name,
    actuators: names(A, 'force'),
    observationNames: names(4, 'o'),
    observationUnits: Array<string>(4).fill('1'),
  })),
  actionLow: -1,
  actionHigh: 1,
  actionUnit: '1',
  stateNames: names(3, 's'),
  stateUnits: Array<string>(3).fill('1'),
  episodeLimit: 10,
  stepSeconds: 1,
  reward: 'of nothing',
})

const config: HasacConfig = {
  ...hasacConfig(
    parseTrainFlags('--algorithm', 'hasac', '--task', 'Hand-v0', '--preset', 'debug', '--set', `batch=${R}`),
  ),
  policy: { actor: { width: 8, layers: 2 }, critic: { width: 8, layers: 2 } },
}

const opened: HasacImprovement[] = []
afterAll(async () => {
  for (const improvement of opened) await improvement.close()
})

async function open(agents: number): Promise<HasacImprovement> {
  const improvement = await HasacImprovement.open(config, taskOf(agents))
  opened.push(improvement)
  return improvement
}

function batchOf(agents: number, key: number): TransitionBatch {
  const random = (count: number, name: string) => new Rng(key, name).normals(R * count)
  return {
    samples: R,
    inputs: random(3, 'states'),
    observations: random(4 * agents, 'seen'),
    actions: random(A * agents, 'acts').map(Math.tanh),
    nextInputs: random(3, 'next states'),
    nextObservations: random(4 * agents, 'next seen'),
    rewards: random(1, 'rewards'),
    discounts: Float32Array.from({ length: R }, (_, r) => (r % 3 === 0 ? 0 : 0.99)),
  }
}

type Variables = Record<string, tf.Variable>

/** A network's weights, to be learned by tfjs' own optimiser. */
function variablesOf(
  parameters: ReturnType<typeof actorOf>['parameters'],
  buckets: Float32Array[],
): Variables {
  const values = unpackBuckets(planBuckets(parameters), buckets)
  return Object.fromEntries(
    parameters.map(({ name, shape }) => [name, tf.variable(tf.tensor(values.get(name)!.slice(), shape))]),
  )
}

const linear = (w: Variables, path: string, x: tf.Tensor) =>
  tf.add(tf.matMul(x as tf.Tensor2D, w[`${path}.weight`] as unknown as tf.Tensor2D), w[`${path}.bias`]!)

/** Of the definition, without any of the forms that keep numbers finite. */
function sample(w: Variables, seen: tf.Tensor, noise: tf.Tensor) {
  const hidden = tf.tanh(linear(w, 'layers.1', tf.relu(linear(w, 'layers.0', seen))))
  const std = tf.exp(linear(w, 'log_std', hidden))
  const actions = tf.tanh(tf.add(linear(w, 'mean', hidden), tf.mul(std, noise)))
  const normal = tf.sub(tf.mul(-0.5, tf.square(noise)), tf.add(tf.log(std), 0.5 * Math.log(2 * Math.PI)))
  return { actions, log: tf.sum(tf.sub(normal, tf.log(tf.sub(1, tf.square(actions)))), -1) }
}

function q(w: Variables, twin: string, inputs: tf.Tensor, actions: tf.Tensor): tf.Tensor {
  const first = tf.relu(linear(w, `${twin}.layers.0`, tf.concat([inputs, actions], 1)))
  return linear(w, `${twin}.value`, tf.relu(linear(w, `${twin}.layers.1`, first))).reshape([-1])
}
const lower = (w: Variables, inputs: tf.Tensor, actions: tf.Tensor) =>
  tf.minimum(q(w, 'q1', inputs, actions), q(w, 'q2', inputs, actions))

test('with one agent it is soft actor-critic, over two updates', async () => {
  const improvement = await open(1)
  await tf.setBackend('cpu')
  const widths = widthsOf(taskOf(1))
  const { learners } = await improvement.state()
  const [actor, critic] = [actorOf(widths, config).parameters, criticOf(widths, config).parameters]
  const [policy, values] = [variablesOf(actor, learners.actor_0!.p), variablesOf(critic, learners[CRITIC]!.p)]
  const targets = variablesOf(critic, learners[CRITIC]!.p)
  const optimisers = [tf.train.adam(RATE, 0.9, 0.999, 1e-8), tf.train.adam(RATE, 0.9, 0.999, 1e-8)] as const
  let [alpha, jointAlpha, moments] = [1, 1, { m: 0, v: 0 }]
  for (const t of [1, 2]) {
    const batch = batchOf(1, t)
    const rng = new Rng('update', t)
    const noise = () => tf.tensor2d(rng.normals(R * A), [R, A])
    const of = (data: Float32Array, width: number) => tf.tensor2d(data, [R, width])
    const [seen, inputs] = [of(batch.observations, 4), of(batch.inputs, 3)]
    const next = sample(policy, of(batch.nextObservations, 4), noise())
    const ahead = tf.sub(lower(targets, of(batch.nextInputs, 3), next.actions), tf.mul(jointAlpha, next.log))
    const y = tf.add(tf.tensor1d(batch.rewards), tf.mul(tf.tensor1d(batch.discounts), ahead))
    const acts = of(batch.actions, A)
    const error = () => tf.add(...(['q1', 'q2'].map((twin) => tf.mean(tf.square(tf.sub(q(values, twin, inputs, acts), y)))) as [tf.Tensor, tf.Tensor])) as tf.Scalar // biome-ignore format: one formula
    optimisers[0].minimize(error, false, Object.values(values))
    rng.permutation(1)
    noise() // of the others' actions: there are none
    const drawn = noise()
    const log = tf.mean(sample(policy, seen, drawn).log).dataSync()[0]!
    const cost = () => {
      const own = sample(policy, seen, drawn)
      return tf.mean(tf.sub(tf.mul(alpha, own.log), lower(values, inputs, own.actions))) as tf.Scalar
    }
    optimisers[1].minimize(cost, false, Object.values(policy))
    for (const [name, target] of Object.entries(targets))
      target.assign(tf.add(tf.mul(0.995, target), tf.mul(0.005, values[name]!)))
    moments = { m: 0.9 * moments.m - 0.1 * (log - A), v: 0.999 * moments.v + 0.001 * (log - A) ** 2 }
    alpha *= Math.exp((-3e-4 * moments.m) / (1 - 0.9 ** t) / Math.sqrt(moments.v / (1 - 0.999 ** t)))
    jointAlpha = alpha // of one agent the same
    await improvement.update(batch, new Rng('update', t))
  }
  const after = await improvement.state()
  const compare = (parameters: typeof actor, buckets: Float32Array[], expected: Variables) => {
    for (const [name, found] of unpackBuckets(planBuckets(parameters), buckets))
      expectClose(found, expected[name]!.dataSync(), { atol: 2e-5 })
  }
  compare(actor, after.learners.actor_0!.p, policy)
  compare(critic, after.learners[CRITIC]!.p, values)
  compare(critic, after.learners[CRITIC]!.a!, targets)
  expect(Math.exp(after.temperatures.log[0]!)).toBeCloseTo(alpha, 6)
  expect(Math.exp(after.temperatures.log[1]!)).toBeCloseTo(jointAlpha, 6)
})

test('an update is a function of networks, batch and stream', async () => {
  const [one, other] = [await open(3), await open(3)]
  for (const improvement of [one, other]) await improvement.update(batchOf(3, 1), new Rng(1))
  expect(await one.state()).toEqual(await other.state())
  await other.update(batchOf(3, 1), new Rng(2))
  expect(await one.state()).not.toEqual(await other.state())
})

test('an actor that learns leaves the other actors and the critics as they are', async () => {
  const recipes = moduleUrl('../../../src/algorithms/hasac/recipes', import.meta.url).href
  const host = openHost({ recipes, task: taskOf(3), config, stepsPerCall: 1 })
  const networks = ['actor_0', 'actor_1', 'actor_2', CRITIC]
  await host.learn(networks)
  const states = () => Promise.all(networks.map(async (name) => structuredClone(await host.state(name))))
  const before = await states()
  const { inputs, observations } = batchOf(3, 1)
  const given = {
    observations: tensor([R, 4], observations.slice(0, 4 * R)),
    noise: tensor([R, A], new Rng('noise').normals(R * A)),
    inputs: tensor([R, 3], inputs),
    others: tensor([R, 3 * A]),
    place: tensor([3 * A], Float32Array.of(0, 0, 1, 1, 0, 0)),
    temperature: tensor([], Float32Array.of(0.2)),
    ...bucketFeeds(CRITIC, before[3]!.p),
  }
  await host.step('actor_1', given, RATE)
  const after = await states()
  const same = after.map((state, i) =>
    (['p', 'm', 'v'] as const).every((kind) =>
      state[kind].every((flat, b) => sameBits(flat, before[i]![kind][b]!)),
    ),
  )
  expect(same).toEqual([true, false, true, true])
  expect(sameBits(before[0]!.p[0]!, before[1]!.p[0]!)).toBe(false) // they begin apart
  await host.close()
})
