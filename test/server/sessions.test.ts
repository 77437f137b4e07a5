import { Packr, Unpackr } from 'msgpackr'
import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { Closed, Forked, SessionState, Snapshot, StepReply } from '../../src/api/sessions.ts'
import { ERRORS } from '../../src/common/error-table.ts'
import { DimaError, type ErrorCode } from '../../src/common/errors.ts'
import type { Sessions, SessionView } from '../../src/inference/live/types.ts'
import { Repository } from '../../src/registry/repository.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { fakeRunner as runnerOf } from '../inference/fake-runner.ts'
import { A, AGENTS, N, O, S } from '../registry/fixture.ts'
import { bundleOf, fakeRunner, problemOf, startOf, testApp } from './fixture.ts'
import { created, liveApp, send } from './live-app.ts'

const joint = [
  [0.1, 0.2, 0.3],
  [-0.1, -0.2, -0.3],
]
const nobody = 'AAAAAAAAAAAAAAAAAAAAAA'

test('opens, steps, resets, shows and closes a session', async () => {
  const app = liveApp()
  const opened = await send(app, '/v1/sessions', { seed: 7, max_episode_steps: 10, start: startOf(2) })
  expect(opened.statusCode).toBe(201)
  const state = opened.json()
  expect(Value.Errors(SessionState, state)).toEqual([])
  expect(state).toMatchObject({
    model: { name: 'tiny', version: '1', digest: 'digest of tiny/1' },
    plan: 'joint',
    order: null,
    seed: 7,
    agents: AGENTS,
    autoreset: 'disabled',
    max_episode_steps: 10,
    committed_step_id: 0,
    state: startOf(2).states[1],
  })
  const url = `/v1/sessions/${state.session_id}`
  const stepped = await send(app, `${url}/step`, { actions: joint })
  expect(Value.Errors(StepReply, stepped.json())).toEqual([])
  expect(stepped.json()).toMatchObject({ session_id: state.session_id, step_id: 1, episode_step: 1 })
  expect(stepped.headers['server-timing']).toMatch(/^queue;dur=1, compute;dur=3, total;dur=[\d.]+$/)
  const now = (await app.inject({ url })).json()
  expect(now).toMatchObject({ committed_step_id: 1, state: stepped.json().state })
  const again = (await send(app, `${url}/reset`)).json()
  expect(again).toMatchObject({ committed_step_id: 1, episode: 1, episode_step: 0 })
  const closed = await app.inject({ method: 'DELETE', url })
  expect(Value.Errors(Closed, closed.json())).toEqual([])
  problemOf(await app.inject({ url }), 410, 'session_closed')
})

test('without a body it opens the only model at one of its starts', async () => {
  const state = (await send(liveApp(), '/v1/sessions')).json()
  expect(Value.Errors(SessionState, state)).toEqual([])
  expect(Object.keys(state.observations)).toEqual(AGENTS)
})

test('draws a seed, and that seed gives the same episode', async () => {
  const app = liveApp()
  const first = (await send(app, '/v1/sessions', {})).json()
  const second = (await send(app, '/v1/sessions', { seed: first.seed })).json()
  expect(second.state).toEqual(first.state)
  const stepOf = async (id: string) => (await send(app, `/v1/sessions/${id}/step`, { actions: joint })).json()
  expect((await stepOf(second.session_id)).state).toEqual((await stepOf(first.session_id)).state)
})

test('takes actions as a list, by agent and as a tensor alike', async () => {
  const app = liveApp()
  const packr = new Packr({ useRecords: false, variableMapSize: true })
  const flat = Buffer.from(Float64Array.from(joint.flat()).buffer)
  const tensor = { __ndarray__: true, dtype: '<f8', shape: [N, A], data: flat }
  const rowTensor = (row: number) => ({
    nd: true,
    type: '<f8',
    kind: '',
    shape: [A],
    data: Buffer.from(Float64Array.from(joint[row]!).buffer),
  })
  const replies = []
  for (const actions of [
    joint,
    { back: joint[1], front: joint[0] },
    tensor,
    { front: rowTensor(0), back: rowTensor(1) },
    [rowTensor(0), rowTensor(1)],
  ]) {
    const response = await app.inject({
      method: 'POST',
      url: `/v1/sessions/${await created(app)}/step`,
      headers: { 'content-type': 'application/msgpack', accept: 'application/json' },
      payload: packr.pack({ actions }),
    })
    replies.push(response.json().state)
  }
  expect(replies[0]).toHaveLength(S)
  for (const state of replies) expect(state).toEqual(replies[0])
})

test('speaks msgpack whole', async () => {
  const app = liveApp()
  const response = await app.inject({
    method: 'POST',
    url: '/v1/sessions',
    headers: { 'content-type': 'application/msgpack' },
    payload: Buffer.from([0x80]),
  })
  const state = new Unpackr({ useRecords: false, mapsAsObjects: true }).unpack(response.rawPayload)
  expect(response.statusCode).toBe(201)
  expect(state.state).toMatchObject({ __ndarray__: true, dtype: '<f8', shape: [S] })
  expect(state.observations.front).toMatchObject({ __ndarray__: true, dtype: '<f4', shape: [O] })
})

test('a body without bytes is no body, whatever type it claims', async () => {
  const app = liveApp()
  for (const type of ['application/json', 'application/msgpack']) {
    const headers = { 'content-type': type, accept: 'application/json' }
    const opened = await app.inject({ method: 'POST', url: '/v1/sessions', headers })
    expect(opened.statusCode).toBe(201)
    const url = `/v1/sessions/${opened.json().session_id}`
    expect((await app.inject({ method: 'POST', url: `${url}/snapshot`, headers })).statusCode).toBe(200)
    expect((await app.inject({ method: 'DELETE', url, headers })).statusCode).toBe(200)
  }
})

test('a snapshot is restored where it was taken, forks go on from there', async () => {
  const app = liveApp()
  const url = `/v1/sessions/${await created(app)}`
  await send(app, `${url}/step`, { actions: joint })
  const taken = (await send(app, `${url}/snapshot`)).json()
  expect(Value.Errors(Snapshot, taken)).toEqual([])
  const response = await send(app, '/v1/sessions/restore', { snapshot: taken.snapshot })
  expect(response.statusCode).toBe(201)
  const restored = response.json()
  expect(restored).toMatchObject({ committed_step_id: 1, state: (await app.inject({ url })).json().state })
  const forked = (await send(app, `${url}/fork`, { seeds: [1, 2] })).json()
  expect(Value.Errors(Forked, forked)).toEqual([])
  const ids = [restored, ...forked.sessions].map(({ session_id }) => session_id)
  const next = async (id: string) =>
    (await send(app, `/v1/sessions/${id}/step`, { actions: joint })).json().state
  expect(await next(ids[0])).toEqual(await next(url.split('/').at(-1)!))
  expect(await next(ids[1])).not.toEqual(await next(ids[2]))
  expect((await send(app, `${url}/fork`)).json().sessions).toHaveLength(1)
})

test('same_step shows the next start and keeps the end', async () => {
  const app = liveApp()
  const id = await created(app, { seed: 1, autoreset: 'same_step', max_episode_steps: 1 })
  const reply = (await send(app, `/v1/sessions/${id}/step`, { actions: joint })).json()
  expect(Value.Errors(StepReply, reply)).toEqual([])
  expect(reply).toMatchObject({ truncated: true, episode_step: 0 })
  expect(reply.final.state).not.toEqual(reply.state)
  expect(Object.keys(reply.final.observations)).toEqual(AGENTS)
})

test.each([
  ['', { seed: -1 }, 'invalid_request', 'seed'],
  ['', { autoreset: 'always' }, 'invalid_request', 'autoreset'],
  ['', { max_episode_steps: 0 }, 'invalid_request', 'max_episode_steps'],
  ['', { horizon: 3 }, 'invalid_request', 'horizon'],
  ['', { start: { states: [[1]] } }, 'invalid_shape', 'start.states[0]'],
  ['', { start: { states: [] } }, 'invalid_shape', 'start.states'],
  ['', { start: startOf(4) }, 'invalid_shape', 'start.states'],
  ['', { start: 3 }, 'invalid_request', 'start'],
  ['', { start: { states: [[1, 2, 3, null]] } }, 'invalid_request', 'start.states[0][3]'],
  ['', { plan: 'progressive', order: ['front'] }, 'invalid_request', 'order'],
  ['', { plan: 'progressive', order: ['front', 'x'] }, 'unknown_agent', 'order[1]'],
  ['', [], 'invalid_request', 'body'],
  ['', 'text', 'invalid_request', 'body'],
  ['/step', {}, 'invalid_request', 'actions'],
  ['/step', { actions: [[1, 2, 3]] }, 'invalid_shape', 'actions'],
  [
    '/step',
    {
      actions: [
        [1, 2, 3],
        [1, 2],
      ],
    },
    'invalid_shape',
    'actions[1]',
  ],
  [
    '/step',
    {
      actions: [
        [1, 2, 3],
        [1, 2, 'x'],
      ],
    },
    'invalid_request',
    'actions[1][2]',
  ],
  ['/step', { actions: 7 }, 'invalid_shape', 'actions'],
  ['/step', { actions: { front: [1, 2, 3] } }, 'invalid_request', 'actions.back'],
  ['/step', { actions: { front: [1, 2, 3], back: [1, 2] } }, 'invalid_shape', 'actions.back'],
  ['/step', { actions: { front: joint[0], back: joint[1], top: [] } }, 'unknown_agent', 'actions.top'],
  ['/step', { actions: joint, step_id: 0 }, 'invalid_request', 'step_id'],
  ['/step', { actions: joint, step_id: 1.5 }, 'invalid_request', 'step_id'],
  ['/step', { actions: joint, deadline_ms: 'soon' }, 'invalid_request', 'deadline_ms'],
  ['/step', { actions: joint, session_id: nobody }, 'invalid_request', 'session_id'],
  ['/reset', { seed: 'x' }, 'invalid_request', 'seed'],
  ['/reset', { start: { states: [[1e39, 0, 0, 0]] } }, 'not_finite', 'start.states[0][0]'],
  ['/fork', { count: 0 }, 'invalid_request', 'count'],
  ['/fork', { count: 1000 }, 'invalid_request', 'count'],
  ['/fork', { count: 3, seeds: [1, 2] }, 'invalid_shape', 'seeds'],
  ['/snapshot', { all: true }, 'invalid_request', 'all'],
])('POST /v1/sessions…%s refuses %j', async (action, body, code, field) => {
  const app = liveApp()
  const url = action ? `/v1/sessions/${await created(app)}${action}` : '/v1/sessions'
  const { errors } = problemOf(await send(app, url, body), 400, code)
  expect(errors[0]).toMatchObject({ field })
})

test('nothing that was refused has changed the session', async () => {
  const app = liveApp()
  const url = `/v1/sessions/${await created(app)}`
  const before = (await app.inject({ url })).json()
  await send(app, `${url}/step`, { actions: [] })
  await send(app, `${url}/step`, { actions: joint, step_id: 5 })
  await send(app, `${url}/reset`, { start: 3 })
  const { expires_at: _, ...after } = (await app.inject({ url })).json()
  expect(before).toMatchObject(after)
})

test.each(['x', 'A'.repeat(23), '../sessions', '%00'.repeat(22)])('no session has the id %j', async (id) => {
  const response = await liveApp().inject({ url: `/v1/sessions/${encodeURIComponent(id)}` })
  expect(problemOf(response, 400, 'invalid_request').errors[0]).toMatchObject({ field: 'session_id' })
})

test('an id of nobody is not found', async () => {
  problemOf(await liveApp().inject({ url: `/v1/sessions/${nobody}` }), 404, 'session_not_found')
})

test('steps keep their order, a repeated one has its answer again', async () => {
  const app = liveApp()
  const url = `/v1/sessions/${await created(app)}/step`
  const first = (await send(app, url, { actions: joint, step_id: 1 })).json()
  const { timing: _, ...again } = (await send(app, url, { actions: joint, step_id: 1 })).json()
  expect(first).toMatchObject(again)
  problemOf(await send(app, url, { actions: joint, step_id: 3 }), 409, 'step_out_of_order')
  const other = joint.toReversed()
  problemOf(await send(app, url, { actions: other, step_id: 1 }), 409, 'step_conflict')
  const { body } = await app.inject({ url: '/metrics' })
  expect(body).toContain('wm_steps_total{model="tiny",version="1"} 1\n')
})

test('an episode that is over wants a reset', async () => {
  const ends = runnerOf({ N, A, S, O }, () => true)
  const app = liveApp({ runner: ends })
  const url = `/v1/sessions/${await created(app)}`
  expect((await send(app, `${url}/step`, { actions: joint })).json().terminated).toBe(true)
  problemOf(await send(app, `${url}/step`, { actions: joint }), 409, 'episode_over')
  expect((await send(app, `${url}/reset`, { seed: 5 })).json()).toMatchObject({ seed: 5, terminated: false })
})

test('says when a key has enough sessions and when the server has', async () => {
  const app = liveApp({}, { capacityPerOwner: 1 })
  await created(app)
  problemOf(await send(app, '/v1/sessions', {}), 429, 'session_limit')
  const full = liveApp({}, { capacity: 1 })
  await created(full)
  const response = await send(full, '/v1/sessions', {})
  problemOf(response, 503, 'sessions_full')
  expect(response.headers['retry-after']).toBeDefined()
})

test('a model without starts wants one', async () => {
  const app = liveApp({ catalog: staticCatalog(new Repository([bundleOf()]), KINDS) })
  problemOf(await send(app, '/v1/sessions', {}), 400, 'no_start')
  expect((await send(app, '/v1/sessions', { start: startOf(1) })).statusCode).toBe(201)
  problemOf(await send(app, '/v1/sessions', { model: 'horse' }), 404, 'unknown_model')
})

test.each(['', 'x', 'A'.repeat(4000)])('refuses the snapshot %j', async (snapshot) => {
  problemOf(await send(liveApp(), '/v1/sessions/restore', { snapshot }), 400, 'invalid_snapshot')
})

/** Whatever a session can answer with, as sessions throw it. */
const FAILURES: ErrorCode[] = [
  'session_not_found',
  'session_expired',
  'session_closed',
  'session_busy',
  'step_out_of_order',
  'step_conflict',
  'episode_over',
  'model_gone',
  'diverged',
  'overloaded',
  'deadline_exceeded',
  'executor_failed',
  'session_store',
  'session_moved',
  'not_ready',
]

test.each(FAILURES)('%s comes as its own status', async (code) => {
  const view = { bundle: bundleOf(), committedStepId: 0 } as SessionView
  const sessions = {
    bring: () => undefined,
    standing: () => view,
    step: () => Promise.reject(new DimaError(code, 'of /srv/inside')),
  } as unknown as Sessions
  const app = testApp({ sessions })
  const response = await send(app, `/v1/sessions/${nobody}/step`, { actions: joint })
  const { status } = ERRORS[code]
  expect(response.json()).toMatchObject({ status, code })
  expect(response.statusCode).toBe(status)
  if ([429, 503].includes(status)) expect(response.headers['retry-after']).toBe('1')
  if (status >= 500) expect(response.body).not.toContain('/srv')
})

test('the deadline counts from the arrival of the request', async () => {
  let deadline = 0
  const runner = {
    ...fakeRunner,
    step: (...given: Parameters<typeof fakeRunner.step>) => {
      deadline = given[3]?.deadline ?? 0
      return fakeRunner.step(...given)
    },
  }
  const app = liveApp({ runner })
  const url = `/v1/sessions/${await created(app)}/step`
  const before = performance.now()
  await send(app, url, { actions: joint, deadline_ms: 5000 })
  expect(deadline).toBeGreaterThanOrEqual(before + 4990)
  expect(deadline).toBeLessThanOrEqual(performance.now() + 5000)
})
