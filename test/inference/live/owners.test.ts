// Whose sessions there are, how many there may be, and what the server sees of them.
import { expect, test } from 'vitest'
import type { CloseReason, Sessions } from '../../../src/inference/live/types.ts'
import type { PlanRequest } from '../../../src/worlds/dima/serve/plan.ts'
import type { StartWindow } from '../../../src/worlds/starts.ts'
import { fakeRunner } from '../fake-runner.ts'
import { actionOf, create, modelOf, OPTIONS, open, refused, SIZES, startOf } from './fixture.ts'

test('ids are 128 random bits', async () => {
  const sessions = open()
  const views = await Promise.all(Array.from({ length: 100 }, () => create(sessions)))
  for (const { id } of views) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/)
  expect(new Set(views.map(({ id }) => id)).size).toBe(100)
})

const everyRequest = (sessions: Sessions, owner: string, id: string): Promise<unknown>[] => [
  (async () => sessions.get(owner, id))(),
  (async () => sessions.close(owner, id))(),
  sessions.step(owner, id, actionOf(0)),
  sessions.reset(owner, id, {}),
  sessions.snapshot(owner, id),
  sessions.fork(owner, id, { count: 1 }),
]

test('for anyone but its owner a session does not exist', async () => {
  const sessions = open()
  const { id } = await create(sessions)
  const missing = 'A'.repeat(22)
  const foreign = await Promise.allSettled(everyRequest(sessions, 'other', id))
  const unknown = await Promise.allSettled(everyRequest(sessions, 'other', missing))
  for (const outcome of foreign)
    expect(outcome).toMatchObject({ status: 'rejected', reason: refused('session_not_found') })
  expect(foreign).toEqual(unknown) // nothing tells the two apart
  expect(sessions.get('me', id).committedStepId).toBe(0)
})

test('a closed session is closed for its owner and unknown to others', async () => {
  const sessions = open()
  const { id } = await create(sessions)
  await sessions.step('me', id, actionOf(0))
  expect(sessions.close('me', id)).toEqual({ committedStepId: 1 })
  for (const request of await Promise.allSettled(everyRequest(sessions, 'me', id)))
    expect(request).toMatchObject({ reason: refused('session_closed') })
  for (const request of await Promise.allSettled(everyRequest(sessions, 'other', id)))
    expect(request).toMatchObject({ reason: refused('session_not_found') })
})

test('an owner has so many sessions, and so has the server', async () => {
  const sessions = open(undefined, { capacity: 3, capacityPerOwner: 2 })
  const [first] = [await create(sessions), await create(sessions)]
  const limit = refused('session_limit', { expected: 2 })
  await expect(create(sessions)).rejects.toEqual(limit)
  await sessions.create('you', OPTIONS)
  const full = refused('sessions_full', { retryAfterSeconds: 1 })
  await expect(sessions.create('you', OPTIONS)).rejects.toEqual(full)
  await sessions.close('me', first.id)
  expect((await sessions.create('you', OPTIONS)).committedStepId).toBe(0)
})

test('many at once do not pass the limit together', async () => {
  const sessions = open(undefined, { capacity: 3 })
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => create(sessions)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  expect(sessions.stats()).toMatchObject({ open: 3, capacity: 3 })
})

test('a session that could not be made takes no place', async () => {
  const runner = fakeRunner(SIZES)
  let broken = true
  const begin = (digest: string, choice: unknown, start: StartWindow) =>
    broken ? Promise.reject(new Error('no executor')) : runner.begin(digest, choice, start)
  const sessions = open({ ...runner, begin }, { capacity: 1 })
  await expect(create(sessions)).rejects.toThrow('no executor')
  broken = false
  expect((await create(sessions)).episode).toBe(0)
})

test('digests names the models of open sessions and of those being made', async () => {
  const sessions = open()
  const [a, b] = [
    await create(sessions, { model: modelOf('one') }),
    await create(sessions, { model: modelOf('two') }),
  ]
  const making = create(sessions, { model: modelOf('three') })
  expect(sessions.digests()).toEqual(new Set(['one', 'two', 'three']))
  await sessions.close('me', b.id)
  await sessions.close('me', (await making).id)
  expect(sessions.digests()).toEqual(new Set(['one']))
  await sessions.close('me', a.id)
  expect(sessions.digests()).toEqual(new Set())
})

test('a session keeps the model that it began with', async () => {
  const digests: string[] = []
  const runner = fakeRunner(SIZES)
  const sessions = open({
    ...runner,
    step: (digest, choice, row) => {
      digests.push(`${digest} ${(choice as PlanRequest).name}`)
      return runner.step(digest, choice, row)
    },
  })
  const plan = { name: 'progressive' as const, order: [1, 0] }
  const { id, bundle } = await create(sessions, { model: modelOf('old'), choice: plan })
  await sessions.step('me', id, actionOf(0))
  await sessions.reset('me', id, {})
  const [child] = await sessions.fork('me', id, { count: 1 })
  await sessions.step('me', child!.id, actionOf(0))
  expect(digests).toEqual(['old progressive', 'old progressive'])
  expect([bundle.digest, child!.bundle.digest, child!.chosen]).toEqual([
    'old',
    'old',
    { plan: 'progressive', order: ['back', 'front'] },
  ])
})

test('stats count the bytes that sessions hold', async () => {
  const sessions = open()
  expect(sessions.stats()).toEqual({ open: 0, capacity: 1000, stateBytes: 0 })
  const { id } = await create(sessions, { start: startOf(1) })
  const { N, A, S, O } = SIZES
  const start = 4 * (3 * S + 2 * N * A) + 8 * S + 4 * N * O
  expect(sessions.stats().stateBytes).toBe(start)
  await sessions.step('me', id, actionOf(0))
  const stepped = start + 4 * (S + N * A) + 4 * N * A // one more in the window, and the last action
  expect(sessions.stats().stateBytes).toBe(stepped)
  await sessions.reset('me', id, { start: startOf(1) })
  expect(sessions.stats().stateBytes).toBe(start + 4 * N * A + 8 * S + 4 * N * O) // and the last answer
  await sessions.close('me', id)
  expect(sessions.stats().stateBytes).toBe(0)
})

test('shutting down closes everything and lets nothing begin', async () => {
  const reasons: CloseReason[] = []
  const sessions = open(undefined, {}, { closed: (reason) => reasons.push(reason) })
  const [a, b] = [await create(sessions), await create(sessions)]
  const { snapshot } = await sessions.snapshot('me', a.id)
  await sessions.close('me', b.id)
  const making = create(sessions)
  sessions.closeAll()
  sessions.closeAll() // again does no harm
  expect(reasons).toEqual(['closed', 'shutdown'])
  expect(() => sessions.get('me', a.id)).toThrow(refused('session_closed'))
  await expect(making).rejects.toEqual(refused('not_ready'))
  await expect(create(sessions)).rejects.toEqual(refused('not_ready'))
  await expect(sessions.restore('me', snapshot, () => modelOf())).rejects.toEqual(refused('not_ready'))
  expect([sessions.stats().open, sessions.digests().size]).toEqual([0, 0])
})
