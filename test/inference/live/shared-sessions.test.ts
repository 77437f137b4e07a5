// Two servers and one store: a session goes on at whichever is asked, and nowhere else.
import { expect, onTestFinished, test, vi } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import { SharedSessions } from '../../../src/inference/live/shared-sessions.ts'
import type { SessionSettings } from '../../../src/inference/live/types.ts'
import type { Runner } from '../../../src/inference/runner.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { fakeRunner } from '../fake-runner.ts'
import { actionOf, create, holdingRunner, modelOf, open, refused, SETTINGS, SIZES } from './fixture.ts'
import { MemoryStore } from './store/memory-store.ts'

const MODEL = modelOf()

function server(
  store: MemoryStore,
  runner: Runner = fakeRunner(SIZES),
  settings: Partial<SessionSettings> = {},
  find = (_digest: string) => MODEL as typeof MODEL | undefined,
): SharedSessions {
  const sessions = new SharedSessions(runner, KINDS, { ...SETTINGS, ...settings }, { store, find })
  onTestFinished(() => sessions.closeAll())
  return sessions
}

/** As the server's operations do it. */
async function step(sessions: SharedSessions, id: string, i: number, stepId = i + 1) {
  await sessions.bring('me', id)
  return sessions.step('me', id, actionOf(i), { stepId })
}

async function alone(steps: number) {
  const sessions = open()
  const { id } = await create(sessions)
  const states = []
  for (let i = 0; i < steps; i++) states.push((await sessions.step('me', id, actionOf(i))).state)
  return states
}

test('a session goes back and forth between servers, to the numbers of one', async () => {
  const store = new MemoryStore()
  const [a, b] = [server(store), server(store)]
  const { id } = await create(a)
  const states = []
  for (let i = 0; i < 6; i++) states.push((await step(i % 2 ? a : b, id, i)).state)
  expect(states).toEqual(await alone(6))
  expect([a.stats().open, b.stats().open]).toEqual([1, 1]) // b has not heard of it yet
  await b.bring('me', id, true)
  expect([a.stats().open, b.stats().open]).toEqual([1, 1])
  await expect(a.bring('me', id, true)).resolves.toBeUndefined()
  expect(b.get('me', id).committedStepId).toBe(6)
})

test('a repeated step is answered by the server that took the session over', async () => {
  const store = new MemoryStore()
  const [a, b] = [server(store), server(store)]
  const { id } = await create(a)
  const first = await step(a, id, 0)
  expect(await step(b, id, 0)).toEqual(first)
})

test('an owner that wakes up commits nothing, and goes on with what the other has done', async () => {
  const store = new MemoryStore()
  const { runner, asked } = holdingRunner()
  const [a, b] = [server(store, runner), server(store)]
  const { id } = await create(a)
  const late = step(a, id, 0)
  const held = await asked(1)
  const taken = await step(b, id, 0)
  await step(b, id, 1)
  held.finish({ reward: 99 })
  await expect(late).rejects.toEqual(refused('step_out_of_order', { expected: 3 }))
  expect((await step(b, id, 1)).stepId).toBe(2)
  expect(taken.reward).not.toBe(99)
})

test('others learn nothing of it, and their asking moves nothing', async () => {
  const store = new MemoryStore()
  const [a, b] = [server(store), server(store)]
  const { id } = await create(a)
  const before = await store.peek(id)
  await b.bring('you', id)
  expect(() => b.get('you', id)).toThrow(refused('session_not_found'))
  expect(await store.peek(id)).toBe(before)
})

test('a server that does not serve its model leaves it where it is', async () => {
  const store = new MemoryStore()
  const [a, b] = [server(store), server(store, undefined, {}, () => undefined)]
  const { id } = await create(a)
  await expect(b.bring('me', id)).rejects.toEqual(refused('model_gone'))
  expect((await step(a, id, 0)).stepId).toBe(1)
})

test('a server that is loading its model says so, and takes it when it has', async () => {
  const store = new MemoryStore()
  let ready = false
  const find = () => {
    if (!ready) throw new DimaError('not_ready', 'tiny@1 is being loaded')
    return MODEL
  }
  const [a, b] = [server(store), server(store, undefined, {}, find)]
  const { id } = await create(a)
  const before = await store.peek(id)
  await expect(b.bring('me', id)).rejects.toEqual(refused('not_ready'))
  expect([await store.peek(id), b.digests().size]).toEqual([before, 0])
  ready = true
  expect((await step(b, id, 0)).stepId).toBe(1)
})

test('a place is needed to take one', async () => {
  const store = new MemoryStore()
  const [a, b] = [server(store), server(store, undefined, { capacity: 0 })]
  const { id } = await create(a)
  await expect(b.bring('me', id)).rejects.toEqual(refused('sessions_full'))
  expect((await step(a, id, 0)).stepId).toBe(1)
})

test('a commit whose answer was lost is settled before anything else, and has one answer', async () => {
  const store = new MemoryStore()
  const a = server(store)
  const { id } = await create(a)
  const commit = vi.spyOn(store, 'commit')
  for (const written of [true, false]) {
    const stepId = a.get('me', id).committedStepId + 1
    commit.mockImplementationOnce(async (...given) => {
      if (written) await MemoryStore.prototype.commit.apply(store, given)
      throw new DimaError('session_store', 'lost')
    })
    await expect(step(a, id, stepId - 1, stepId)).rejects.toEqual(refused('session_store'))
    await expect(step(a, id, 9, stepId)).rejects.toEqual(refused('step_conflict')) // it was taken with others
    expect((await step(a, id, stepId - 1, stepId)).stepId).toBe(stepId)
  }
})

test('a wiped store is filled again by who holds a session; a closed one stays closed', async () => {
  const store = new MemoryStore()
  const [a, b] = [server(store), server(store)]
  const { id } = await create(a)
  await step(a, id, 0)
  store.records.clear()
  store.epoch = '2'
  expect((await step(a, id, 1)).stepId).toBe(2)
  expect((await step(b, id, 2)).stepId).toBe(3)
  await b.close('me', id)
  await expect(step(a, id, 3)).rejects.toEqual(refused('session_not_found'))
  expect(store.records.size).toBe(0)
})

test('snapshots and forks are of the newest, and resets are kept', async () => {
  const store = new MemoryStore()
  const [a, b] = [server(store), server(store)]
  const { id } = await create(a)
  await step(b, id, 0)
  expect((await a.snapshot('me', id)).committedStepId).toBe(1)
  await b.bring('me', id)
  await b.reset('me', id, {})
  const [child] = await a.fork('me', id, { count: 1 })
  expect(child).toMatchObject({ episode: 1, committedStepId: 1 })
  await b.bring('me', child!.id)
  expect(b.get('me', child!.id).episode).toBe(1)
})

test('an idle session is ended by its holder, in the store too, and not by who has lost it', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const store = new MemoryStore()
  const [a, b] = [server(store), server(store)]
  const { id } = await create(a)
  await step(b, id, 0)
  await vi.advanceTimersByTimeAsync(30_000)
  await step(b, id, 1)
  await vi.advanceTimersByTimeAsync(40_000) // idle at a
  expect(store.records.size).toBe(1)
  expect([a.stats().open, b.stats().open]).toEqual([0, 1])
  await vi.advanceTimersByTimeAsync(30_000)
  expect(store.records.size).toBe(0)
  await b.bring('me', id)
  expect(() => b.get('me', id)).toThrow(refused('session_expired'))
})

test('a session that is looked at is kept in the store for as long', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const store = new MemoryStore()
  const a = server(store)
  const { id } = await create(a)
  await vi.advanceTimersByTimeAsync(10_000)
  a.get('me', id)
  await vi.advanceTimersByTimeAsync(15_000)
  expect(store.touched).toEqual([id])
})

test('a server that stops leaves its sessions to others', async () => {
  const store = new MemoryStore()
  const [a, b] = [server(store), server(store)]
  const { id } = await create(a)
  a.closeAll()
  expect((await step(b, id, 0)).stepId).toBe(1)
})
