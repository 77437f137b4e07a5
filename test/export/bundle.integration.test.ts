// From a trained model to a published bundle that a simulator opens, with and without a policy.
import { beforeAll, describe, expect, test } from 'vitest'
import { MEAN_OF_OWN } from '../../src/env/own-rewards.ts'
import { readCard } from '../../src/registry/card.ts'
import { type Bundle, readGraphs, readStarts } from '../../src/registry/load.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { buildApp } from '../../src/server/app.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { asDima } from '../../src/worlds/dima/serve/spec.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { openSimulator } from '../../src/worlds/open-simulator.ts'
import { noRunner, noSessions } from '../inference/fake-runner.ts'
import { rolloutOf } from '../inference/fixture.ts'
import { modelsFolder } from '../registry/fixture.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'
import { policyScores, published, starts } from './fixture.ts'

beforeAll(useCpu)

const open = async (bundle: Bundle) => openSimulator(KINDS, bundle.manifest, await readGraphs(bundle))
const policy = { agents: [true, true], mode: 'mean' as const }

test('of data without an end the manifest, the card and the API say that none comes', async () => {
  const models = await modelsFolder()
  const [ending, endless] = [
    await published(false, models),
    await published(false, models, { terminates: false }),
  ]
  expect([ending.manifest.terminates, endless.manifest.terminates]).toEqual([undefined, false])
  expect(await readCard(ending)).toContain('| ends | drawn from a probability of each step |')
  expect(await readCard(endless)).toContain('| ends | none: no episode of its data ended but')
  const catalog = staticCatalog(await openRepository(models, KINDS), KINDS)
  const app = buildApp({ catalog, runner: noRunner, sessions: noSessions })
  const ends = async (version: string) => (await app.inject({ url: `/v1/models/cheetah@${version}` })).json()
  expect([(await ends('1')).terminates, (await ends('2')).terminates]).toEqual([true, false])
  await app.close()
})

test('of a task whose observations are known the bundle has them, and its card says so', async () => {
  const bundle = await published(false, undefined, { perceives: true })
  const { graphs } = bundle.manifest
  expect(graphs.perceive).toMatchObject({
    file: 'perceive.onnx',
    inputs: [{ name: 'states', shape: ['batch', 17] }],
    outputs: [{ name: 'observations', shape: ['batch', 2, 19] }],
  })
  expect(graphs.perceive!.size).toBeLessThan(4096)
  expect(await readCard(bundle)).toContain('observation 19 an agent, exact (as the task makes')
  const simulator = await open(bundle)
  const rollout = rolloutOf(asDima(simulator.spec), { batch: 1 })
  const seen = async (choice: unknown) => (await simulator.rollout({ ...rollout, choice })).observations
  const [exact] = simulator.kind.choices.every(simulator.spec)
  expect(await seen(exact)).not.toEqual(await seen(rollout.choice))
  await simulator.close()
})

describe('without a policy', () => {
  test('has the required graphs, and its start states', async () => {
    const bundle = await published(false)
    const files = Object.values(bundle.manifest.graphs).map(({ file }) => file)
    expect(files).toEqual(['embed.onnx', 'denoise.onnx', 'decode.onnx', 'reward.onnx', 'reward-step.onnx'])
    expect([bundle.manifest.formatVersion, bundle.manifest.kind]).toEqual([3, 'dima'])
    expect(await readStarts(bundle)).toEqual(starts)
    expect(await readCard(bundle)).toContain('sessions that name no\nstart begin in one of them')
    expect(Object.keys(await readGraphs(bundle))).toEqual(Object.keys(bundle.manifest.graphs))
    expect(bundle.manifest.training.algorithm).toBe('world-model')
    expect(bundle.manifest.documents.map(({ file }) => file)).not.toContain('learning.svg')
    expect(await readCard(bundle)).not.toContain('## Policy')
  })

  test('says where the reward is a mean of rewards that agents have of their own', async () => {
    const own = await published(false, undefined, { reward: `as paid, ${MEAN_OF_OWN}` })
    expect(own.manifest.reward).toBe("as paid, the mean of the agents' own rewards")
    const card = await readCard(own)
    expect(card).toContain("| reward | as paid, the mean of the agents' own rewards |")
    expect(card).toContain('The environment gives each agent a reward of its own')
    expect(await readCard(await published(false))).not.toContain('reward of its own')
  })

  test('opens, and refuses to act by itself', async () => {
    const bundle = await published(false)
    const simulator = await open(bundle)
    const rollout = rolloutOf(asDima(bundle.manifest), { horizon: 2 })
    expect((await simulator.rollout(rollout)).states.every(Number.isFinite)).toBe(true)
    await expect(simulator.rollout({ ...rollout, policy })).rejects.toMatchObject({ code: 'no_policy' })
    await simulator.close()
  })

  test('tells the signature of the cached reward step', async () => {
    const { inputs, outputs } = (await published(false)).manifest.graphs.rewardStep!
    const shapes = (signature: typeof inputs) => signature.map(({ name, shape }) => [name, ...shape])
    expect(shapes(inputs)).toEqual([
      ['state', 'batch', 17],
      ['action', 'batch', 2, 3],
      ['position', 'batch', 15],
      ['keys', 'batch', 1, 28, 32],
      ['values', 'batch', 1, 28, 32],
    ])
    expect(shapes(outputs)).toEqual([
      ['reward', 'batch'],
      ['termination_probability', 'batch'],
      ['new_keys', 'batch', 1, 2, 32],
      ['new_values', 'batch', 1, 2, 32],
    ])
  })
})

test('with a policy it has one more graph, and acts by itself', async () => {
  const bundle = await published(true)
  const { file, inputs, outputs } = bundle.manifest.graphs.policy!
  expect(file).toBe('policy.onnx')
  expect(inputs.map(({ name, shape }) => [name, ...shape])).toEqual([['observations', 'batch', 2, 19]])
  expect(outputs.map(({ name, shape }) => [name, ...shape])).toEqual([
    ['mean', 'batch', 2, 3],
    ['std', 'batch', 2, 3],
  ])
  const simulator = await open(bundle)
  const { actions } = await simulator.rollout({
    ...rolloutOf(asDima(bundle.manifest), { horizon: 2 }),
    policy,
  })
  expect(actions).toHaveLength(12)
  await simulator.close()
})

describe('what a bundle with a policy tells of it', () => {
  test('the manifest has its scores, its hyper-parameters and its updates', async () => {
    const { scores, hyperparameters, training, documents } = (await published(true)).manifest
    expect(scores).toMatchObject({ weights: 'float16', policy: policyScores })
    expect(hyperparameters.policy).toEqual({ actor: { width: 8, layers: 1 } })
    expect(training).toMatchObject({
      algorithm: 'dima',
      data: expect.stringContaining('by its own policy as it learned'),
      updates: { decoder: 3, denoiser: 3, reward: 3, actor: 5, critic: 6 },
    })
    expect(documents.map(({ file }) => file)).toContain('learning.svg')
  })

  test('the card has returns, imagined and real reward, and the learning curve', async () => {
    const card = (await readCard(await published(true)))!
    expect(card).toContain('| mean | 2490.1 | 13.0 | 2450.0 | 2510.0 | 10 |')
    expect(card).toContain('| sampled | 2200.0 |')
    expect(card).toContain('imagined 2.500, and 2.250 in the environment')
    expect(card).toContain('(learning.svg)')
    expect(card).toContain('weights are rounded to float16')
  })

  test("the card's request works as pasted", async () => {
    const models = await modelsFolder()
    const bundle = await published(true, models)
    const pasted = /curl [^\n]*rollout[^\n]* -d '([^']+)'/.exec((await readCard(bundle))!)![1]!
    const simulator = await open(bundle)
    const app = buildApp({
      catalog: staticCatalog(await openRepository(models, KINDS), KINDS),
      sessions: noSessions,
      runner: {
        ...noRunner,
        rollout: async (_, rollout) => ({ ...(await simulator.rollout(rollout)), queueMs: 0 }),
      },
      config: { BODY_LIMIT_BYTES: 1 << 20, MAX_BATCH: 4, MAX_STREAM_HORIZON: 100 },
    })
    const reply = await app.inject({ method: 'POST', url: '/rollout', payload: JSON.parse(pasted) })
    expect(reply.statusCode).toBe(200)
    expect(reply.json().rewards[0]).toHaveLength(15)
    expect(reply.json().actions[0]).toHaveLength(15)
    await simulator.close()
  })
})
