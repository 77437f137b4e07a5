// Numbers that are not finite are refused by name where they come in, and where they are imagined.
import { expect, test } from 'vitest'
import { demandFiniteImagination } from '../../../src/algorithms/imagination/finite.ts'
import type { Imagined } from '../../../src/algorithms/imagination/imagine.ts'
import { ppoUpdate } from '../../../src/algorithms/policy/ppo.ts'
import { ValueNormaliser } from '../../../src/algorithms/policy/value-normaliser.ts'
import { Rng } from '../../../src/common/rng.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import type { VectorEnv, VectorStep } from '../../../src/env/vector/vector-env.ts'
import { demandFiniteEpisode } from '../../../src/episodes/replay/finite-episode.ts'
import { FiniteVectorEnv } from '../../../src/episodes/sources/finite-env.ts'
import { VectorSource } from '../../../src/episodes/sources/vector-source.ts'
import { syntheticTask } from '../../episodes/sources/synthetic-task.ts'
import { syntheticVectorEnv } from '../../episodes/sources/synthetic-vector-env.ts'
import { randomEpisode } from '../data.ts'
import { TASK } from '../fixture.ts'

const refusal = (message: string | RegExp) =>
  expect.objectContaining({
    code: 'not_finite',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })

const actions = { agent_0: [0, 0], agent_1: [0, 0] }

/** Two copies, whose steps are changed. */
function changedEnv(change: (step: VectorStep) => void): VectorEnv {
  const env: VectorEnv = syntheticVectorEnv({ copies: 2, autoreset: 'disabled' })
  const step = env.step.bind(env)
  return Object.assign(env, {
    step: async (given: typeof actions) => {
      const answer = await step(given)
      change(answer)
      return answer
    },
  })
}

async function firstStep(change: (step: VectorStep) => void): Promise<VectorStep> {
  const env = new FiniteVectorEnv(changedEnv(change))
  await env.reset({ seed: 1 })
  return env.step(actions)
}

test.each<[string, (step: VectorStep) => void]>([
  ['NaN as the reward of agent_1 in copy 1', ({ rewards }) => rewards.agent_1!.set([Number.NaN], 1)],
  [
    'Infinity as entry 1 (b) of the state of copy 1',
    ({ states }) => states.set([Number.POSITIVE_INFINITY], 4),
  ],
  [
    '-1e+39 as entry 2 (t) of what agent_0 observes in copy 0',
    ({ observations }) => observations.agent_0!.set([-1e39], 2),
  ],
])('an environment that gives %s', async (what, change) => {
  await expect(firstStep(change)).rejects.toThrow(refusal(`the environment gave ${what}`))
  await expect(firstStep(() => {})).resolves.toBeDefined()
})

test('a source asks its environment for finite numbers, for whatever it plays', async () => {
  const broken = () => changedEnv(({ rewards }) => rewards.agent_0!.set([Number.NaN], 1))
  const options = { seed: 1, policyStd: 0.3 }
  const source = new VectorSource({ spec: syntheticTask }, { kind: 'environment' }, broken(), options)
  source.playIn(async () => broken())
  const refused = refusal('the environment gave NaN as the reward of agent_0 in copy 1')
  const still = { act: async () => ({ mean: new Float32Array(4), std: new Float32Array(4) }) }
  await expect(source.collect(0, 1)).rejects.toThrow(refused)
  await expect(source.heldOut(1, 1)).rejects.toThrow(refused)
  await expect(source.play(still, 'mean', 1, 1)).rejects.toThrow(refused)
  await expect(source.copies.step(actions)).rejects.toThrow(refused)
  await source.close()
})

test.each<[string, 'states' | 'observations' | 'actions' | 'rewards', number, number]>([
  ['NaN in states of step 2 (height)', 'states', 2 * 17, Number.NaN],
  ['1e+300 in states of step 0 (pitch)', 'states', 1, 1e300],
  ['Infinity in observations of step 1 (agent_1.', 'observations', 38 + 19, Number.POSITIVE_INFINITY],
  ['NaN in actions of step 3 (agent_0.', 'actions', 18, Number.NaN],
  ['NaN in rewards of step 4 (team)', 'rewards', 4, Number.NaN],
])('an episode with %s', (what, array, index, value) => {
  const episode = randomEpisode(20, 'truncated', 'odd')
  demandFiniteEpisode(episode, 3, taskSpec(TASK))
  episode[array][index] = value
  expect(() => demandFiniteEpisode(episode, 3, taskSpec(TASK))).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`episode 3 has ${what}`) }),
  )
})

const NETWORKS = { observation: 'decoder', state: 'denoiser', reward: 'reward' }

/** Two rows of three steps. */
const imagined = (): Imagined => ({
  rows: 2,
  states: new Float64Array(2 * 4 * 2),
  observations: new Float32Array(2 * 3 * 4),
  actions: new Float32Array(2 * 3 * 2),
  logProbabilities: new Float32Array(2 * 3 * 1),
  rewards: new Float32Array(2 * 3),
  continues: new Float32Array(2 * 3),
})

test.each<[RegExp, (given: Imagined) => void]>([
  [
    /^denoiser: the imagined state of step 2 is NaN: try a lower denoiser\.learningRate/,
    ({ states, observations, rewards }) => {
      states.fill(Number.NaN, 8 + 4) // of the second row, after its second action
      observations.fill(Number.NaN, 12 + 8)
      rewards.fill(Number.NaN, 3)
    },
  ],
  [
    /^decoder: the imagined observation of step 1/,
    (given) => {
      given.observations.fill(Number.NaN)
      given.actions.fill(Number.NaN)
    },
  ],
  [
    /^actor: the imagined action of step 3 is Infinity/,
    ({ actions }) => actions.set([Number.POSITIVE_INFINITY], 5),
  ],
  [/^reward: the imagined probability to go on of step 1/, ({ continues }) => continues.set([Number.NaN], 3)],
])('imagined experience: %s', (message, change) => {
  const given = imagined()
  demandFiniteImagination(given, 3, NETWORKS)
  change(given)
  expect(() => demandFiniteImagination(given, 3, NETWORKS)).toThrow(refusal(message))
})

test('a batch of the policy says where its numbers were lost', async () => {
  const ones = (length: number) => new Float32Array(length).fill(1)
  const learner = { updates: 0, step: async () => ({}) }
  const batch = {
    samples: 2,
    agents: 1,
    observations: ones(4),
    actions: ones(2),
    logProbabilities: ones(2),
    advantages: ones(2),
    inputs: ones(4),
    values: Float32Array.of(1, Number.NaN),
    returns: ones(2),
  }
  const update = (given: typeof batch) =>
    ppoUpdate(
      { actor: learner as never, critic: learner as never },
      given,
      { passes: 1, minibatches: 1, learningRate: 1 },
      new ValueNormaliser(),
      new Rng(1),
    )
  await expect(update(batch)).rejects.toThrow(
    refusal('the batch of the policy has NaN in the values of the critic'),
  )
  await expect(update({ ...batch, values: ones(2) })).resolves.toBeDefined()
})
