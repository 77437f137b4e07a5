// Models of every kind behind one server: the same requests, whichever kind answers. Rollouts, sessions, snapshots, forks,
// streams, plans and the policy.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/open-server.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { kindNames, publishSubject, SUBJECTS } from './subjects.ts'

const [S, N, A] = [17, 2, 3]
const state = (seed: number) => [...new Rng(seed, 'state').normals(S)]

let app: FastifyInstance
beforeAll(async () => {
  const models = await mkdtemp(join(tmpdir(), 'kinds-'))
  for (const name of kindNames)
    await publishSubject(models, name, SUBJECTS[name]!(), [{ states: [state(1)], actions: [] }])
  const server = await openServer(
    readConfig({ MODELS: models, EXECUTORS: '1' }),
    KINDS,
    pino({ level: 'silent' }),
  )
  app = server.app
  // a server that has one model is there; the others come when they are proven
  const names = async () => (await app.inject({ url: '/v1/models' })).json().models.map(nameOf)
  await vi.waitFor(async () => expect(await names()).toEqual(kindNames), { timeout: 60_000, interval: 100 })
  return async () => {
    await server.close()
    await rm(models, { recursive: true })
  }
}, 120_000)

const nameOf = ({ name }: { name: string }): string => name

type Body = Record<string, unknown>

async function post(url: string, payload: Body = {}, status = 200) {
  const reply = await app.inject({ method: 'POST', url, payload })
  expect(reply.statusCode, reply.body).toBe(status)
  return reply.json()
}

/** [H, N, A] */
const pushes = (H: number, seed = 1): number[][][] => {
  const rng = new Rng(seed, 'pushes')
  const number = () => 2 * rng.uniform() - 1
  return Array.from({ length: H }, () => Array.from({ length: N }, () => Array.from({ length: A }, number)))
}

/** Numbers of two replies, side by side. */
function expectAlike(given: unknown, expected: unknown, within: number): void {
  const [a, b] = [given, expected].map((value) => JSON.stringify(value)!)
  const numbers = (text: string) =>
    [...text.matchAll(/-?\d+(\.\d+)?(e-?\d+)?/g)].map(([found]) => Number(found))
  const [ours, theirs] = [numbers(a!), numbers(b!)]
  expect(ours).toHaveLength(theirs.length)
  expect(Math.max(...ours.map((x, i) => Math.abs(x - theirs[i]!)))).toBeLessThanOrEqual(within)
}

describe.each(kindNames)('kind %s', (model) => {
  const { within } = SUBJECTS[model]!()
  const actions = pushes(6)
  const request = { model, starts: [{ states: [state(2)] }], actions: [actions], seed: 3 }
  const create = (more: Body = {}) =>
    post('/v1/sessions', { model, seed: 3, start: { states: [state(2)] }, ...more }, 201)
  const step = (id: string, t: number) => post(`/v1/sessions/${id}/step`, { actions: actions[t] })

  test('says what it is', async () => {
    const facts = (await app.inject({ url: `/v1/models/${model}` })).json()
    expect(facts).toMatchObject({ kind: model, observations: ['exact', 'decoded'] })
  })

  test('a rollout is a function of what is asked', async () => {
    const [one, other] = [await post('/v1/rollout', request), await post('/v1/rollout', request)]
    expect(one.states).toEqual(other.states)
    expect((await post('/v1/rollout', { ...request, seed: 4 })).states).not.toEqual(one.states)
    expect((await post('/v1/rollout', { ...request, observations: 'decoded' })).states).toEqual(one.states)
  })

  test('a session gives the trajectory of its rollout, out of a snapshot and in a fork too', async () => {
    const truth = await post('/v1/rollout', request)
    let { session_id: id } = await create()
    for (let t = 0; t < 6; t++) {
      const { snapshot } = await post(`/v1/sessions/${id}/snapshot`)
      const restored = await post('/v1/sessions/restore', { snapshot }, 201)
      const { sessions } = await post(`/v1/sessions/${id}/fork`, { count: 1 })
      const answers = []
      for (const one of [id, restored.session_id, sessions[0].session_id]) answers.push(await step(one, t))
      for (const answer of answers) {
        expectAlike(answer.state, truth.states[0][t], within)
        expectAlike(answer.reward, truth.rewards[0][t], within)
      }
      id = restored.session_id
    }
  })

  test('a snapshot of another shape is refused by its field', async () => {
    const { session_id: id } = await create()
    await step(id, 0)
    const { snapshot } = await post(`/v1/sessions/${id}/snapshot`)
    const broken = Buffer.from(snapshot, 'base64url')
    const cut = broken.subarray(0, broken.length - 5).toString('base64url')
    expect((await post('/v1/sessions/restore', { snapshot: cut }, 400)).code).toBe('invalid_snapshot')
  })

  test('its policy acts in rollouts, in sessions and for observations of a caller', async () => {
    const policy = { mode: 'sample' }
    const { actions: drawn } = await post('/v1/rollout', {
      ...request,
      actions: undefined,
      policy,
      horizon: 3,
    })
    const { session_id: id, observations } = await create()
    for (let t = 0; t < 3; t++) {
      const answer = await post(`/v1/sessions/${id}/step`, { policy })
      expectAlike(Object.values(answer.actions), drawn[0][t], within)
    }
    const acted = await post('/v1/policy/act', { model, observations, mode: 'mean' })
    expect(JSON.stringify(acted.actions)).toMatch(/\d\.\d/)
  })

  test('a plan begins in a start, and in a session that has gone on', async () => {
    const search = { horizon: 3, population: 8, iterations: 1, seed: 5 }
    const planned = await post('/v1/plan', { model, start: { states: [state(2)] }, ...search })
    expect(planned.actions).toHaveLength(3)
    const { session_id: id } = await create()
    for (let t = 0; t < 2; t++) await step(id, t)
    const near = { session_id: id, ...search, objective: { departure: 1 } }
    expect((await post('/v1/plan', near)).actions).toHaveLength(3)
    const here = await post('/v1/plan', { session_id: id, ...search })
    expect(here.actions).toHaveLength(3)
    expect(await post('/v1/plan', { session_id: id, ...search })).toMatchObject({ actions: here.actions })
  })

  test('a stream tells the steps of the rollout', async () => {
    const reply = await app.inject({ method: 'POST', url: '/v1/rollout/stream', payload: request })
    const events = reply.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const truth = await post('/v1/rollout', request)
    const steps = events.filter(({ type }) => type === 'step')
    expectAlike(
      steps.map(({ states }) => states[0]),
      truth.states[0],
      within,
    )
  })
})
