import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { StepManyReply } from '../../src/api/sessions.ts'
import { OPERATION_NAMES } from '../../src/api/stream.ts'
import { DimaError } from '../../src/common/errors.ts'
import type { Runner } from '../../src/inference/runner.ts'
import { Repository } from '../../src/registry/repository.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { OPERATION } from '../../src/server/operations/table.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { fakeRunner as runnerOf } from '../inference/fake-runner.ts'
import { A, AGENTS, N, O, S } from '../registry/fixture.ts'
import { actionsOf, bundleOf, fakeRunner, problemOf, startOf } from './fixture.ts'
import { created, liveApp, send } from './live-app.ts'

const nobody = 'AAAAAAAAAAAAAAAAAAAAAA'
const url = '/v1/sessions/step'

/** [M, N, A] */
const jointsOf = (M: number) => actionsOf(M, 1).map(([joint]) => joint!)

async function openThree(app = liveApp()) {
  const ids = []
  for (const seed of [1, 2, 3]) ids.push(await created(app, { seed }))
  return { app, ids }
}

test('every message of the socket but cancel has its operation', () => {
  expect([...Object.keys(OPERATION), 'cancel'].sort()).toEqual([...OPERATION_NAMES].sort())
})

test('many sessions step as each of them alone', async () => {
  const { app, ids } = await openThree()
  const { app: other, ids: alone } = await openThree()
  const reply = (await send(app, url, { session_ids: ids, actions: jointsOf(3) })).json()
  expect(Value.Errors(StepManyReply, reply)).toEqual([])
  expect(reply).toMatchObject({
    session_ids: ids,
    step_ids: [1, 1, 1],
    committed_step_ids: [1, 1, 1],
    finals: [null, null, null],
    errors: [],
    timing: { queue_ms: 1, compute_ms: 3 },
  })
  for (const [row, id] of alone.entries()) {
    const one = (await send(other, `/v1/sessions/${id}/step`, { actions: jointsOf(3)[row] })).json()
    expect(reply.states[row]).toEqual(one.state)
    for (const agent of AGENTS) expect(reply.observations[agent][row]).toEqual(one.observations[agent])
    expect(reply.rewards[row]).toBe(one.reward)
    expect(reply.termination_probabilities[row]).toBe(one.termination_probability)
  }
})

test('a row that fails is told and changes nothing; the others are committed', async () => {
  const { app, ids } = await openThree()
  await send(app, `/v1/sessions/${ids[1]}/step`, { actions: jointsOf(1)[0] })
  const session_ids = [ids[0], nobody, ids[1], ids[2]]
  const reply = (await send(app, url, { session_ids, actions: jointsOf(4), step_ids: [1, 1, 5, 1] })).json()
  expect(Value.Errors(StepManyReply, reply)).toEqual([])
  expect(reply.errors).toEqual([
    { index: 1, session_id: nobody, code: 'session_not_found', detail: expect.any(String) },
    { index: 2, session_id: ids[1], code: 'step_out_of_order', detail: expect.stringContaining('5') },
  ])
  expect(reply.step_ids).toEqual([1, 0, 0, 1])
  expect(reply.committed_step_ids).toEqual([1, 0, 1, 1])
  expect(reply.states[1]).toEqual(Array(S).fill(0))
  expect(reply.observations.front[2]).toEqual(Array(O).fill(0))
  expect(reply.states[3]).not.toEqual(Array(S).fill(0))
})

test('a row repeated with its step id has its answer again', async () => {
  const { app, ids } = await openThree()
  const request = { session_ids: ids, actions: jointsOf(3), step_ids: [1, 1, 1] }
  const first = (await send(app, url, request)).json()
  const { timing: _, ...again } = (await send(app, url, request)).json()
  expect(first).toMatchObject(again)
})

test('what is the fault of the server is told in general words', async () => {
  const runner: Runner = {
    ...fakeRunner,
    step: () => Promise.reject(new DimaError('executor_failed', 'pid 7 at /srv/inside')),
  }
  const { app, ids } = await openThree(liveApp({ runner }))
  const { errors } = (await send(app, url, { session_ids: ids, actions: jointsOf(3) })).json()
  expect(errors.map(({ code }: { code: string }) => code)).toEqual(Array(3).fill('executor_failed'))
  expect(JSON.stringify(errors)).not.toMatch(/pid|srv/)
})

test('an unforeseen error is the whole answer, after the other rows have come to their end', async () => {
  const runner: Runner = {
    ...fakeRunner,
    step: (digest, plan, row, options) =>
      row.seed === 2 ? Promise.reject(new TypeError('oh')) : fakeRunner.step(digest, plan, row, options),
  }
  const { app, ids } = await openThree(liveApp({ runner }))
  problemOf(await send(app, url, { session_ids: ids, actions: jointsOf(3) }), 500, 'internal')
  const committed = []
  for (const id of ids)
    committed.push((await app.inject({ url: `/v1/sessions/${id}` })).json().committed_step_id)
  expect(committed).toEqual([1, 0, 1])
})

test('when no session is there, all rows say so', async () => {
  const reply = (await send(liveApp(), url, { session_ids: [nobody], actions: jointsOf(1) })).json()
  expect(Value.Errors(StepManyReply, reply)).toEqual([])
  expect(reply).toMatchObject({ states: [[]], observations: {}, errors: [{ code: 'session_not_found' }] })
})

test('keeps the ends that same_step has left behind', async () => {
  const app = liveApp({ runner: runnerOf({ N, A, S, O }, ({ seed }) => seed === 2) })
  const ids = []
  for (const seed of [1, 2]) ids.push(await created(app, { seed, autoreset: 'same_step' }))
  const reply = (await send(app, url, { session_ids: ids, actions: jointsOf(2) })).json()
  expect(Value.Errors(StepManyReply, reply)).toEqual([])
  expect(reply.terminations).toEqual([false, true])
  expect(reply.finals[0]).toBeNull()
  expect(reply.finals[1].state).not.toEqual(reply.states[1])
})

test.each([
  [
    'the same session twice',
    (ids: string[]) => ({ session_ids: [ids[0], ids[1], ids[0]] }),
    'invalid_request',
    'session_ids[2]',
  ],
  ['too few actions', () => ({ actions: jointsOf(2) }), 'invalid_shape', 'actions'],
  ['too many actions', () => ({ actions: jointsOf(4) }), 'invalid_shape', 'actions'],
  [
    'a short action',
    () => ({
      actions: [
        ...jointsOf(2),
        [
          [1, 2, 3],
          [1, 2],
        ],
      ],
    }),
    'invalid_shape',
    'actions[2][1]',
  ],
  ['no actions', () => ({ actions: undefined }), 'invalid_request', 'actions'],
  ['too few step ids', () => ({ step_ids: [1, 1] }), 'invalid_shape', 'step_ids'],
  ['a step id of 0', () => ({ step_ids: [1, 0, 1] }), 'invalid_request', 'step_ids[1]'],
  ['no sessions', () => ({ session_ids: [] }), 'invalid_request', 'session_ids'],
  ['an id that is none', () => ({ session_ids: ['x'] }), 'invalid_request', 'session_ids[0]'],
  ['one id', () => ({ session_ids: nobody }), 'invalid_request', 'session_ids'],
])('refuses %s before any session steps', async (_, change, code, field) => {
  const { app, ids } = await openThree()
  const body = { session_ids: ids, actions: jointsOf(3), ...change(ids) }
  const { errors } = problemOf(await send(app, url, body), 400, code)
  expect(errors[0]).toMatchObject({ field })
  const { committed_step_id } = (await app.inject({ url: `/v1/sessions/${ids[0]}` })).json()
  expect(committed_step_id).toBe(0)
})

test('sessions of unlike models do not step together', async () => {
  const wide = bundleOf('wide')
  const { state } = wide.manifest
  const manifest = { ...wide.manifest, state: [...state, { name: 'extra', unit: 'm' }] }
  const repository = new Repository([bundleOf('tiny'), { ...wide, manifest }])
  const app = liveApp({ catalog: staticCatalog(repository, KINDS) })
  const narrow = await created(app, { model: 'tiny', start: startOf(1) })
  const broad = await created(app, { model: 'wide', start: { states: [[1, 2, 3, 4, 5]] } })
  const body = { session_ids: [narrow, broad], actions: jointsOf(2) }
  const { errors } = problemOf(await send(app, url, body), 400, 'invalid_request')
  expect(errors[0]).toMatchObject({ field: 'session_ids[1]' })
})
