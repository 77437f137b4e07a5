// A model's policy as a service, and in steps: over REST.
import { Packr, Unpackr } from 'msgpackr'
import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { ActReply } from '../../src/api/policy.ts'
import { StepManyReply, StepReply } from '../../src/api/sessions.ts'
import { DimaError } from '../../src/common/errors.ts'
import type { Runner, WorkOptions } from '../../src/inference/runner.ts'
import { Repository } from '../../src/registry/repository.ts'
import type { AppOptions, buildApp } from '../../src/server/app.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { A, AGENTS, H, N, O } from '../registry/fixture.ts'
import { actionsOf, fakeRunner, policyBundle, problemOf, rollout, startOf, testApp } from './fixture.ts'
import { created, liveApp, liveCatalog, send } from './live-app.ts'

const catalog = staticCatalog(new Repository([policyBundle()]), KINDS)
const appOf = (change: Partial<AppOptions> = {}) => testApp({ catalog, ...change })
const liveOf = (change: Parameters<typeof liveApp>[0] = {}) =>
  liveApp({ catalog: liveCatalog(policyBundle()), ...change })

const seen = (salt: number) => Array.from({ length: O }, (_, i) => salt + i / 10)
const both = { front: seen(1), back: seen(2) }
const act = (app: ReturnType<typeof buildApp>, body: object) => send(app, '/v1/policy/act', body)

test('observations in, actions out', async () => {
  const response = await act(appOf(), { observations: both, seed: 7 })
  const reply = response.json()
  expect(Value.Errors(ActReply, reply)).toEqual([])
  expect(reply).toMatchObject({ model: { name: 'tiny', version: '1' }, mode: 'sample', seed: 7, step: 0 })
  expect(Object.keys(reply.actions)).toEqual(AGENTS)
  for (const agent of AGENTS) {
    expect(reply.actions[agent]).toHaveLength(A)
    for (const x of reply.actions[agent]) expect(Math.abs(x)).toBeLessThanOrEqual(1)
  }
  expect(response.headers['server-timing']).toMatch(/^queue;dur=2, compute;dur=4, /)
})

test('many rows are what each row is, and each its own draw', async () => {
  const app = appOf()
  const rows = { front: [seen(1), seen(3), seen(1)], back: [seen(2), seen(4), seen(2)] }
  const { actions } = (await act(app, { observations: rows, seed: 7 })).json()
  const alone = (await act(app, { observations: both, seed: 7 })).json()
  expect([actions.front[0], actions.back[0]]).toEqual([alone.actions.front, alone.actions.back])
  expect(actions.front).toHaveLength(3)
  expect(actions.front[2]).not.toEqual(actions.front[0])
  const mean = (await act(app, { observations: rows, mode: 'mean' })).json().actions
  expect(mean.front[2]).toEqual(mean.front[0])
  expect(mean.front[1]).not.toEqual(mean.front[0])
})

test('the same seed and step draw the same, another step anew', async () => {
  const app = appOf()
  const drawn = async (change: object) => (await act(app, { observations: both, ...change })).json()
  const first = await drawn({ seed: 7, step: 3 })
  expect((await drawn({ seed: 7, step: 3 })).actions).toEqual(first.actions)
  expect((await drawn({ seed: 7, step: 4 })).actions).not.toEqual(first.actions)
  const { seed, actions } = await drawn({})
  expect((await drawn({ seed })).actions).toEqual(actions)
})

test('agents that are left out are shown as zeros and have no action', async () => {
  const app = appOf()
  const { actions } = (await act(app, { observations: { back: seen(2) }, seed: 7 })).json()
  expect(Object.keys(actions)).toEqual(['back'])
  const shown = { front: Array(O).fill(0), back: seen(2) }
  expect((await act(app, { observations: shown, seed: 7 })).json().actions.back).toEqual(actions.back)
})

test('msgpack in, msgpack out', async () => {
  const data = Buffer.from(Float32Array.from([...seen(1), ...seen(3)]).buffer)
  const tensor = { __ndarray__: true, dtype: '<f4', shape: [2, O], data }
  const payload = new Packr({ useRecords: false }).pack({
    observations: { front: tensor, back: tensor },
    seed: 1,
  })
  const headers = { 'content-type': 'application/msgpack' }
  const response = await appOf().inject({ method: 'POST', url: '/v1/policy/act', headers, payload })
  const { actions } = new Unpackr({ useRecords: false }).unpack(response.rawPayload)
  expect(actions.front).toMatchObject({ __ndarray__: true, shape: [2, A], dtype: '<f4' })
})

test.each([
  [{}, 'invalid_request', 'observations'],
  [{ observations: {} }, 'invalid_request', 'observations'],
  [{ observations: [seen(1), seen(2)] }, 'invalid_request', 'observations'],
  [{ observations: { ...both, top: seen(1) } }, 'unknown_agent', 'observations.top'],
  [{ observations: { front: seen(1).slice(1) } }, 'invalid_shape', 'observations.front'],
  [{ observations: { front: 'here' } }, 'invalid_shape', 'observations.front'],
  [{ observations: { front: [] } }, 'invalid_shape', 'observations.front'],
  [{ observations: { front: [seen(1)], back: seen(1) } }, 'invalid_shape', 'observations.back'],
  [{ observations: { front: [seen(1)], back: [seen(1), seen(2)] } }, 'invalid_shape', 'observations.back'],
  [{ observations: { front: Array(9).fill(seen(1)) } }, 'batch_out_of_range', 'observations.front'],
  [{ observations: { front: [...seen(1).slice(1), 1e39] } }, 'not_finite', `observations.front[${O - 1}]`],
  [{ observations: both, mode: 'best' }, 'invalid_request', 'mode'],
  [{ observations: both, step: -1 }, 'invalid_request', 'step'],
  [{ observations: both, policy: {} }, 'invalid_request', 'policy'],
])('refuses %j', async (body, code, field) => {
  const { errors } = problemOf(await act(appOf(), body), 400, code)
  expect(errors[0]).toMatchObject({ field })
})

test('a bundle without a policy, and no such model', async () => {
  const { errors } = problemOf(await act(testApp(), { observations: both }), 400, 'no_policy')
  expect(errors[0]).toMatchObject({ field: 'model' })
  problemOf(await act(appOf(), { model: 'horse', observations: both }), 404, 'unknown_model')
})

test('costs its rows, gives back what there is no room for, and keeps a deadline', async () => {
  const asked: (WorkOptions | undefined)[] = []
  let full = false
  const runner: Runner = {
    ...fakeRunner,
    act: (digest, one, options) => {
      asked.push(options)
      if (full) throw new DimaError('overloaded', 'too much work is waiting')
      return fakeRunner.act(digest, one, options)
    },
  }
  const app = appOf({ runner, config: { MAX_BATCH: 8, RATE_LIMIT: 0.001, RATE_BURST: 1000 } })
  const left = async (body: object) => Number((await act(app, body)).headers['ratelimit-remaining'])
  const rows = { front: [seen(1), seen(2), seen(3), seen(4)] }
  const before = await left({ observations: both })
  expect(await left({ observations: rows, deadline_ms: 1000 })).toBe(before - 4)
  expect(asked.at(-1)!.deadline! - performance.now()).toBeGreaterThan(0)
  full = true
  expect(await left({ observations: rows })).toBe(before - 5)
})

test('what is no number is an error of its own', async () => {
  const broken: Runner['act'] = async (...asked) => ({
    ...(await fakeRunner.act(...asked)),
    mean: new Float32Array(N * A).fill(Number.NaN),
  })
  problemOf(
    await act(appOf({ runner: { ...fakeRunner, act: broken } }), { observations: both }),
    422,
    'diverged',
  )
})

const joint = [
  [0.1, 0.2, 0.3],
  [-0.1, -0.2, -0.3],
]

test('a step with a policy for all needs no actions and tells those that were taken', async () => {
  const app = liveOf()
  const url = `/v1/sessions/${await created(app)}/step`
  const reply = (await send(app, url, { policy: { mode: 'mean' }, step_id: 1 })).json()
  expect(Value.Errors(StepReply, reply)).toEqual([])
  expect(Object.keys(reply.actions)).toEqual(AGENTS)
  expect(reply.actions.front).toHaveLength(A)
  expect((await send(app, url, { policy: { mode: 'mean' }, step_id: 1 })).json().state).toEqual(reply.state)
  problemOf(await send(app, url, { actions: joint, step_id: 1 }), 409, 'step_conflict')
  expect((await send(app, url, { actions: joint })).json()).not.toHaveProperty('actions')
})

test('some act by the policy, the others as given, in whichever form', async () => {
  const app = liveOf()
  const policy = { agents: ['back'] }
  const stepped = async (actions: unknown) => {
    const url = `/v1/sessions/${await created(app)}/step`
    return (await send(app, url, { actions, policy })).json()
  }
  const reply = await stepped(joint)
  expect(reply.actions.front).toEqual([...Float32Array.from(joint[0]!)])
  expect(reply.clipped_actions).toBe(0)
  // What stands for an agent of the policy does not matter.
  for (const same of [{ front: joint[0] }, [joint[0], [9, 9, 9]]])
    expect(await stepped(same)).toMatchObject({
      actions: reply.actions,
      state: reply.state,
      clipped_actions: 0,
    })
})

test.each([
  [{ policy: { agents: ['back'] } }, 'invalid_request', 'actions'],
  [{ policy: { agents: ['back'] }, actions: {} }, 'invalid_request', 'actions.front'],
  [
    { policy: { agents: ['back'] }, actions: { front: joint[0], back: joint[1] } },
    'invalid_request',
    'actions.back',
  ],
  [
    { policy: { agents: ['back'] }, actions: { front: joint[0], top: joint[1] } },
    'unknown_agent',
    'actions.top',
  ],
  [{ policy: { agents: ['top'] } }, 'unknown_agent', 'policy.agents[0]'],
  [{ policy: { mode: 'best' } }, 'invalid_request', 'policy.mode'],
  [{}, 'invalid_request', 'actions'],
])('a step refuses %j', async (body, code, field) => {
  const app = liveOf()
  const id = await created(app)
  const { errors } = problemOf(await send(app, `/v1/sessions/${id}/step`, body), 400, code)
  expect(errors[0]).toMatchObject({ field })
})

test('a model without a policy refuses such a step', async () => {
  const app = liveApp()
  const id = await created(app)
  problemOf(await send(app, `/v1/sessions/${id}/step`, { policy: {} }), 400, 'no_policy')
  problemOf(await send(app, '/v1/sessions/step', { session_ids: [id], policy: {} }), 400, 'no_policy')
})

test('a step of many is that of each', async () => {
  const app = liveOf()
  const [a, b, c] = [await created(app), await created(app, { seed: 8 }), await created(app)]
  const policy = { agents: ['front'] }
  const many = { session_ids: [a, b], actions: [joint, joint], policy, step_ids: [1, 1] }
  const reply = (await send(app, '/v1/sessions/step', many)).json()
  expect(Value.Errors(StepManyReply, reply)).toEqual([])
  const alone = (await send(app, `/v1/sessions/${c}/step`, { actions: joint, policy })).json()
  expect([reply.actions.front[0], reply.actions.back[0], reply.states[0]]).toEqual([
    alone.actions.front,
    alone.actions.back,
    alone.state,
  ])
  expect(reply.actions.front[1]).not.toEqual(reply.actions.front[0])
  const again = (await send(app, '/v1/sessions/step', { ...many, step_ids: [1, 2], policy: {} })).json()
  expect(again.errors).toMatchObject([{ index: 0, code: 'step_conflict' }])
  expect(again.actions.front[0]).toEqual([0, 0, 0])
  problemOf(await send(app, '/v1/sessions/step', { session_ids: [a], policy }), 400, 'invalid_request')
})

test('a stream with a policy is what stepping sessions with it gives', async () => {
  const app = liveOf()
  const horizon = H + 3
  const policy = { agents: ['front'] }
  const body = { starts: [startOf(3)], actions: actionsOf(2, horizon), seed: 7, policy }
  const lines = (await rollout(app, body, '/v1/rollout/stream')).body.trimEnd().split('\n')
  const steps = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'step')
  for (const row of [0, 1]) {
    const id = await created(app, { seed: 7, start: startOf(3) })
    for (const [t, step] of steps.entries()) {
      const fields = { actions: body.actions[row]![t], policy }
      const { state, actions } = (await send(app, `/v1/sessions/${id}/step`, fields)).json()
      expect([step.states[row], step.actions[row]]).toEqual([state, [actions.front, actions.back]])
    }
  }
})

test('a stream in which the policy acts for all takes its length from horizon', async () => {
  const body = { starts: [startOf(1), startOf(2)], policy: {}, horizon: 4, seed: 1 }
  const { body: text } = await rollout(liveOf(), body, '/v1/rollout/stream')
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ type }) => type)).toEqual(['start', 'step', 'step', 'step', 'step', 'end'])
  expect([lines[1].actions.length, lines[1].actions[0].length, lines[1].actions[0][0].length]).toEqual([
    2,
    N,
    A,
  ])
})

test('actions of policies are counted', async () => {
  const app = liveOf()
  await act(app, { observations: { front: [seen(1), seen(2), seen(3)] } })
  await send(app, `/v1/sessions/${await created(app)}/step`, { policy: {} })
  await rollout(app, { starts: [startOf(1)], policy: {}, horizon: 5 })
  const { body } = await app.inject({ url: '/metrics' })
  expect(body).toContain('wm_policy_actions_total{model="tiny",version="1"} 9\n')
  expect(body).toContain('wm_queue_duration_seconds_count{kind="act"} 1\n')
})
