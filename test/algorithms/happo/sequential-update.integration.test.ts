// One agent after another, each weighted by what those before have changed.
import '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OwnProbabilities } from '../../../src/algorithms/happo/own-probabilities.ts'
import { sequentialUpdate } from '../../../src/algorithms/happo/sequential-update.ts'
import { actorObjective } from '../../../src/algorithms/policy/actor-objective.ts'
import { criticObjective } from '../../../src/algorithms/policy/critic-objective.ts'
import { PolicySession, weightsOf } from '../../../src/algorithms/policy/policy.ts'
import { type PpoBatch, ppoUpdate } from '../../../src/algorithms/policy/ppo.ts'
import { ValueNormaliser } from '../../../src/algorithms/policy/value-normaliser.ts'
import { drawActions } from '../../../src/common/action-draw.ts'
import { logDensity } from '../../../src/common/gaussian-draw.ts'
import { Rng } from '../../../src/common/rng.ts'
import { createEngine, type Engine } from '../../../src/learning/engines/engine.ts'
import type { Trains } from '../../../src/learning/lanes/trains.ts'
import { Learner } from '../../../src/learning/learner.ts'
import { SharedSteps } from '../../../src/learning/shared-steps.ts'
import { createActor } from '../../../src/networks/actor.ts'
import { createCritic } from '../../../src/networks/critic.ts'
import { compilePolicy } from '../../../src/networks/policy-graph.ts'
import { alone, teamOf, teamWeights } from '../../../src/networks/team.ts'
import { expectClose, sameBits } from '../../common/close.ts'

const [N, R] = [3, 12]
const widths = { agents: N, observation: 5, action: 2, state: 4 }
const { observation: O, action: A, state: S } = widths
const policy = { actor: { width: 8, layers: 1 }, critic: { width: 8, layers: 1, headGain: 1 } }
const LOSS = { clip: 0.2, entropy: 0.01 }
const RATES = { passes: 3, minibatches: 1, learningRate: 0.01 }
const options = { clipNorm: 10, weightDecay: 0, epsilon: 1e-5, seed: 4 }

let plain: Engine
let compiled = 0
let probabilities: OwnProbabilities
const opened: Learner[] = []

beforeAll(async () => {
  plain = await createEngine('onnx')
  probabilities = await OwnProbabilities.open(widths, policy)
})
afterAll(async () => {
  for (const learner of opened) await learner.close()
  await probabilities.close()
})

/** A learner of this thread as trainers see it. */
const trains = (learner: Learner): Trains => ({
  updates: 0,
  step: (batch, rate) => learner.step(batch, rate),
  stepMany: () => Promise.reject(new Error('no')),
  parameters: async () => learner.parameters(),
  state: async () => learner.state(),
  restore: async (state) => learner.restore(state),
})

async function open(agents = N) {
  const shared = new SharedSteps()
  const counting: Engine = (step) => {
    compiled++
    return plain(step)
  }
  const own = alone(widths, 0)
  const objective = () => actorObjective(createActor(own, policy.actor), own, R, { ...LOSS, factor: true })
  const actors: Learner[] = []
  for (let place = 0; place < agents; place++)
    actors.push(await Learner.create(objective(), { ...options, place }, shared.engine(counting, 'actor')))
  const loss = criticObjective(createCritic(S, policy.critic), S, R, { clip: 0.2, huberDelta: 10 })
  const critic = await Learner.create(loss, options, plain)
  opened.push(...actors, critic)
  const team = {
    actors: actors.map(trains),
    critic: trains(critic),
    logProbabilities: (n: number, batch: PpoBatch) =>
      probabilities.of(
        n,
        actors[n]!.parameters().map((flat) => flat.slice()),
        batch,
      ),
  }
  return { actors, critic, team }
}

/** Means and deviations [R, N, A] of all agents' actions. */
async function momentsOf(actors: readonly Learner[], observations: Float32Array) {
  const [seen, made] = [{ ...widths, agents: actors.length }, actors.map(() => createActor(alone(widths, 0), policy.actor))] // biome-ignore format: one line
  const weights = teamWeights(actors.map((learner, n) => weightsOf(made[n]!, learner.parameters())))
  const session = await PolicySession.open(compilePolicy(teamOf(made), seen, weights), seen)
  const moments = await session.act(observations, R)
  await session.close()
  return moments
}

async function played(actors: readonly Learner[]): Promise<PpoBatch> {
  const agents = actors.length
  const random = (count: number, name: string) => new Rng(name).normals(count)
  const observations = random(R * agents * O, 'seen')
  const drawn = drawActions(await momentsOf(actors, observations), A, new Rng('acts'))
  const [inputs, values, returns, advantages] = [random(R * S, 'states'), random(R, 'values'), random(R, 'returns'), random(R, 'advantages')] // biome-ignore format: one line
  return { samples: R, agents, observations, ...drawn, inputs, values, returns, advantages }
}

const copy = (learner: Learner) => learner.state().p.map((flat) => flat.slice())
const same = (a: readonly Float32Array[], b: readonly Float32Array[]) =>
  a.every((flat, i) => sameBits(flat, b[i]!))

test('of one agent it is PPO, to the last bit', async () => {
  const { actors, critic, team } = await open(1)
  const batch = await played(actors)
  const shared = actorObjective(createActor(alone(widths, 0), policy.actor), alone(widths, 0), R, LOSS)
  const [actor, other] = [await Learner.create(shared, { ...options, place: 0 }, plain), await Learner.create(critic.objective, options, plain)] // biome-ignore format: one line
  opened.push(actor, other)
  await sequentialUpdate(team, batch, RATES, new ValueNormaliser(), new Rng(1))
  await ppoUpdate(
    { actor: trains(actor), critic: trains(other) },
    batch,
    RATES,
    new ValueNormaliser(),
    new Rng(2),
  )
  expect(same(copy(actors[0]!), copy(actor))).toBe(true)
  expect(same(copy(critic), copy(other))).toBe(true)
})

test('actors begin apart and learn in one compiled step, none by the gradient of another', async () => {
  compiled = 0
  const { actors } = await open()
  expect(compiled).toBe(1)
  const before = actors.map(copy)
  expect(same(before[0]!, before[1]!)).toBe(false)
  const { observations, actions, logProbabilities, advantages } = await played(actors.slice(0, 1))
  const batch = {
    observations: { data: observations, shape: [R, 1, O] },
    actions: { data: actions, shape: [R, 1, A] },
    log_probabilities: { data: logProbabilities, shape: [R, 1] },
    advantages: { data: advantages, shape: [R, 1] },
    factor: { data: new Float32Array(R).fill(1), shape: [R, 1] },
  }
  await actors[0]!.step(batch, 0.01)
  expect(actors.map((learner, n) => same(copy(learner), before[n]!))).toEqual([false, true, true])
})

test('where nothing is learned the factor stays 1', async () => {
  const { actors, team } = await open()
  const batch = await played(actors)
  const { factor } = await sequentialUpdate(
    team,
    batch,
    { ...RATES, learningRate: 0 },
    new ValueNormaliser(),
    new Rng(1),
  )
  expect([...factor]).toEqual(Array(R).fill(1))
})

test('after all agents the factor is the ratio of the joint action, and each has learned with that of those before', async () => {
  const { actors, team } = await open()
  const batch = await played(actors)
  const logs = async () => {
    const { mean, std } = await momentsOf(actors, batch.observations)
    const each = Float64Array.from(mean, (m, i) => logDensity(std[i]!, (batch.actions[i]! - m) / std[i]!))
    return Array.from({ length: R * N }, (_, i) => each[i * A]! + each[i * A + 1]!) // [R, N]
  }
  const before = await logs()
  const update = await sequentialUpdate(team, batch, RATES, new ValueNormaliser(), new Rng(1))
  const after = await logs()
  const ratioOf = (agents: readonly number[], row: number) =>
    Math.exp(agents.reduce((sum, n) => sum + after[row * N + n]! - before[row * N + n]!, 0))
  const rows = Array.from({ length: R }, (_, row) => row)
  expectClose(
    update.factor,
    rows.map((row) => ratioOf([0, 1, 2], row)),
    { rtol: 1e-4 },
  )
  expect(update.factor.some((m) => Math.abs(m - 1) > 0.01)).toBe(true)
  for (const [turn, n] of update.order.entries()) {
    const earlier = rows.map((row) => ratioOf(update.order.slice(0, turn), row))
    expect(update.actors[n]!.turn).toBe(turn)
    expect(update.actors[n]!.factor_mean).toBeCloseTo(earlier.reduce((a, b) => a + b, 0) / R, 4)
  }
})

test('the order is drawn from the stream that it is given, and differs from one to the next', async () => {
  const { actors, team } = await open()
  const batch = await played(actors)
  const none = { ...RATES, passes: 0 }
  const orderOf = async (key: number) =>
    String((await sequentialUpdate(team, batch, none, new ValueNormaliser(), new Rng(key))).order)
  const orders: string[] = []
  for (let key = 0; key < 12; key++) orders.push(await orderOf(key))
  expect(await orderOf(3)).toBe(orders[3])
  expect(new Set(orders).size).toBeGreaterThan(3)
})
