// A kind of world model that is none of ours, through the whole server: real executors, its options on the wire, rollouts,
// live steps, snapshots, forks, streams, and a plan by random shooting.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { beforeAll, describe, expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { openRepository } from '../../../src/registry/repository.ts'
import { readConfig } from '../../../src/server/config.ts'
import { openServer } from '../../../src/server/open-server.ts'
import { KINDS as OURS } from '../../../src/worlds/kinds.ts'
import { modelsFolder } from '../../registry/fixture.ts'
import { publishLinear, S } from './bundle.ts'
import { KINDS } from './kinds.ts'

let app: FastifyInstance
beforeAll(async () => {
  const models = await mkdtemp(join(tmpdir(), 'linear-'))
  await publishLinear(models)
  const config = readConfig({ MODELS: models, EXECUTORS: '1' })
  const server = await openServer(config, KINDS, pino({ level: 'silent' }))
  app = server.app
  return async () => {
    await server.close()
    await rm(models, { recursive: true })
  }
}, 60_000)

type Body = Record<string, unknown>

async function post(url: string, payload: Body = {}, status = 200) {
  const reply = await app.inject({ method: 'POST', url, payload })
  expect(reply.statusCode, reply.body).toBe(status)
  return reply.json()
}

const START = [1, -1, 0, 0]
/** [B, H, N, A] */
const pushes = (B: number, H: number, seed = 1): number[][][][] => {
  const rng = new Rng(seed, 'pushes')
  const number = () => 2 * rng.uniform() - 1
  return Array.from({ length: B }, () => Array.from({ length: H }, () => [[number()], [number()]]))
}

test('the model says its kind and what may be chosen', async () => {
  const model = (await app.inject({ url: '/v1/models/point' })).json()
  expect(model).toMatchObject({ kind: 'linear', options: { noise: { type: 'number' } }, start_states: 1 })
  expect(model).not.toHaveProperty('plans')
})

describe('a rollout', () => {
  const request = { starts: [{ states: [START] }], actions: pushes(2, 5), seed: 3 }

  test('without noise is what the matrices say', async () => {
    const { states, rewards, options } = await post('/v1/rollout', { ...request, options: { noise: 0 } })
    expect(options).toEqual({ noise: 0 })
    let [x = 0, y = 0, vx = 0, vy = 0] = START
    request.actions[0]!.forEach(([[a = 0] = [], [b = 0] = []], t) => {
      ;[x, y, vx, vy] = [x + 0.2 * vx, y + 0.2 * vy, 0.9 * vx + 0.5 * a, 0.9 * vy + 0.5 * b]
      states[0][t].forEach((given: number, i: number) => {
        expect(given).toBeCloseTo([x, y, vx, vy][i]!, 5)
      })
      expect(rewards[0][t]).toBeCloseTo(-(x * x + y * y + vx * vx + vy * vy), 5)
    })
  })

  test('has the noise of its seed, as much as was asked for', async () => {
    const still = await post('/v1/rollout', { ...request, options: { noise: 0 } })
    const once = await post('/v1/rollout', request)
    const twice = await post('/v1/rollout', { ...request, options: { noise: 2 } })
    expect(once.options).toEqual({ noise: 1 })
    expect(await post('/v1/rollout', request)).toMatchObject({ states: once.states })
    const moved = (one: typeof once) =>
      one.states[0][0].map((v: number, i: number) => v - still.states[0][0][i])
    moved(twice).forEach((v: number, i: number) => {
      expect(v).toBeCloseTo(2 * moved(once)[i], 5)
    })
  })

  test.each([
    ['options.noise', { options: { noise: -1 } }],
    ['options.speed', { options: { speed: 1 } }],
    ['plan', { plan: 'joint' }],
    ['order', { order: 'random' }],
  ])('that names a wrong %s is refused by name', async (field, wrong) => {
    const problem = await post('/v1/rollout', { ...request, ...wrong }, 400)
    expect(JSON.stringify(problem)).toContain(`"field":"${field}"`)
  })

  test('by a policy is refused, since there is none', async () => {
    expect(await post('/v1/rollout', { ...request, policy: {} }, 400)).toMatchObject({ code: 'no_policy' })
  })
})

describe('a session', () => {
  const actions = pushes(1, 6)[0]!
  const create = (more: Body = {}) =>
    post('/v1/sessions', { seed: 3, start: { states: [START] }, ...more }, 201)
  const step = (id: string, t: number) => post(`/v1/sessions/${id}/step`, { actions: actions[t] })

  test('gives the trajectory of its rollout, and tells what was chosen', async () => {
    const request = { starts: [{ states: [START] }], actions: [actions], seed: 3, options: { noise: 0.5 } }
    const truth = await post('/v1/rollout', request)
    const { session_id: id, options } = await create({ options: { noise: 0.5 } })
    expect(options).toEqual({ noise: 0.5 })
    for (let t = 0; t < 6; t++) {
      const { state, reward, observations } = await step(id, t)
      expect(state).toEqual(truth.states[0][t])
      expect(reward).toBe(truth.rewards[0][t])
      expect(observations.x).toEqual(truth.observations.x[0][t])
    }
  })

  test('goes on from a snapshot and in a fork', async () => {
    const { session_id: id } = await create()
    for (let t = 0; t < 3; t++) await step(id, t)
    const { snapshot } = await post(`/v1/sessions/${id}/snapshot`)
    const restored = await post('/v1/sessions/restore', { snapshot }, 201)
    const forks = await post(`/v1/sessions/${id}/fork`, { count: 1 })
    const fourth = await step(id, 3)
    for (const other of [restored, forks.sessions[0]])
      expect(await step(other.session_id, 3)).toMatchObject({ state: fourth.state, reward: fourth.reward })
  })

  test('begins in a start of the model when it names none', async () => {
    expect(await post('/v1/sessions', { seed: 1 }, 201)).toMatchObject({ state: START })
  })
})

test('a stream tells the steps of the rollout, past the horizon too', async () => {
  const request = { starts: [{ states: [START] }], actions: pushes(1, 20), seed: 3 }
  const reply = await app.inject({
    method: 'POST',
    url: '/v1/rollout/stream',
    payload: request,
  })
  const events = reply.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const short = await post('/v1/rollout', { ...request, actions: [request.actions[0]!.slice(0, 15)] })
  const steps = events.filter(({ type }) => type === 'step')
  expect(steps).toHaveLength(20)
  expect(steps.slice(0, 15).map(({ states }) => states[0])).toEqual(short.states[0])
})

/** In each step the best of many random sequences is begun, and planned anew: model predictive control. */
test('random shooting brings the point to the origin, which doing nothing does not', async () => {
  const [candidates, H, steps] = [128, 8, 15]
  const created = await post('/v1/sessions', { seed: 5, start: { states: [START] } }, 201)
  let { state } = created
  for (let t = 0; t < steps; t++) {
    const actions = pushes(candidates, H, t)
    const { rewards } = await post('/v1/rollout', {
      ...{ starts: [{ states: [state] }], actions, seed: t },
      outputs: ['rewards'],
    })
    const returns: number[] = rewards.map((row: number[]) => row.reduce((a, b) => a + b, 0))
    const best = actions[returns.indexOf(Math.max(...returns))]!
    state = (await post(`/v1/sessions/${created.session_id}/step`, { actions: best[0] })).state
  }
  expect(Math.hypot(state[0], state[1])).toBeLessThan(0.5)
  expect(state).toHaveLength(S)
}, 60_000)

test('a program without the kind refuses its bundles by name; so it does what contradicts itself', async () => {
  const models = await modelsFolder()
  await publishLinear(models)
  const refusals = async (kinds: typeof OURS) => (await openRepository(models, kinds)).refused
  expect(await refusals(KINDS)).toEqual([])
  expect(await refusals(OURS)).toEqual([
    {
      reference: 'point/1',
      reason: expect.stringContaining('kind "linear", this server has dima, mamba, marie'),
    },
  ])
  const wide = Array.from({ length: S + 1 }, (_, i) => ({ name: `o${i}`, unit: '1' }))
  await expect(publishLinear(models, { observation: wide })).rejects.toThrow('wider than the state')
  await expect(publishLinear(models, { sampling: {} })).rejects.toThrow('unknown field sampling')
  await expect(publishLinear(models, { graphs: {} })).rejects.toThrow('graphs.dynamics is missing')
})
