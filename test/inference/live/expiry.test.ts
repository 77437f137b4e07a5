// Sessions that nobody uses are closed, and their owner is told so.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { EndedSessions } from '../../../src/inference/live/ended.ts'
import type { CloseReason } from '../../../src/inference/live/types.ts'
import { fakeRunner } from '../fake-runner.ts'
import { actionOf, create, holdingRunner, open, refused, SIZES } from './fixture.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
})
afterEach(() => {
  vi.useRealTimers()
})

const observed = (idleTimeoutMs = 10_000, runner = fakeRunner(SIZES)) => {
  const reasons: CloseReason[] = []
  const sessions = open(runner, { idleTimeoutMs }, { closed: (reason) => reasons.push(reason) })
  return { sessions, reasons }
}

test('an idle session is closed by the timer alone', async () => {
  const { sessions, reasons } = observed()
  await create(sessions)
  vi.advanceTimersByTime(9_999)
  expect(sessions.stats().open).toBe(1)
  vi.advanceTimersByTime(1_001)
  expect(sessions.stats().open).toBe(0)
  expect(reasons).toEqual(['expired'])
})

test('a session is expired from its time on, whenever the timer comes', async () => {
  const { sessions, reasons } = observed(10_100) // between two ticks
  const { id } = await create(sessions)
  vi.advanceTimersByTime(10_100)
  expect(sessions.stats().open).toBe(1)
  expect(() => sessions.get('me', id)).toThrow(refused('session_expired'))
  await expect(sessions.step('me', id, actionOf(0))).rejects.toEqual(refused('session_expired'))
  expect(() => sessions.close('me', id)).toThrow(refused('session_expired'))
  expect(reasons).toEqual(['expired'])
})

test('the view says when', async () => {
  const { sessions } = observed()
  const { id, idleTimeoutSeconds, expiresAt } = await create(sessions)
  expect([idleTimeoutSeconds, expiresAt]).toEqual([10, Date.UTC(2026, 0, 1, 0, 0, 10)])
  vi.advanceTimersByTime(4_000)
  expect(sessions.get('me', id).expiresAt).toBe(Date.UTC(2026, 0, 1, 0, 0, 14))
})

test.each(['get', 'step', 'reset', 'snapshot', 'fork'] as const)(
  '%s keeps a session open',
  async (request) => {
    const { sessions } = observed()
    const { id } = await create(sessions)
    for (let i = 0; i < 3; i++) {
      vi.advanceTimersByTime(9_000)
      if (request === 'get') sessions.get('me', id)
      if (request === 'step') await sessions.step('me', id, actionOf(i))
      if (request === 'reset') await sessions.reset('me', id, {})
      if (request === 'snapshot') await sessions.snapshot('me', id)
      if (request === 'fork') await sessions.fork('me', id, { count: 1 })
    }
    expect(sessions.get('me', id).id).toBe(id)
  },
)

test('a request that fails keeps it open too', async () => {
  const { sessions } = observed()
  const { id } = await create(sessions)
  vi.advanceTimersByTime(9_000)
  await sessions.step('me', id, actionOf(0), { stepId: 5 }).catch(() => {})
  vi.advanceTimersByTime(9_000)
  expect(sessions.get('me', id).id).toBe(id)
})

test('a session with a running request is not idle; its time begins with the end of that', async () => {
  const { runner, held } = holdingRunner()
  const { sessions } = observed(10_000, runner)
  const { id } = await create(sessions)
  const step = sessions.step('me', id, actionOf(0))
  vi.advanceTimersByTime(60_000)
  expect(sessions.stats().open).toBe(1)
  held[0]!.finish()
  expect(await step).toMatchObject({ stepId: 1 })
  vi.advanceTimersByTime(9_000)
  expect(sessions.stats().open).toBe(1)
  vi.advanceTimersByTime(2_000)
  expect(sessions.stats().open).toBe(0)
})

test("someone else's attempts do not keep a session open", async () => {
  const { sessions } = observed()
  const { id } = await create(sessions)
  vi.advanceTimersByTime(9_000)
  expect(() => sessions.get('other', id)).toThrow(refused('session_not_found'))
  vi.advanceTimersByTime(2_000)
  expect(sessions.stats().open).toBe(0)
  expect(() => sessions.get('other', id)).toThrow(refused('session_not_found'))
})

test('a timeout of 0 closes nothing, and the date is still one', async () => {
  const { sessions } = observed(0)
  const { id, idleTimeoutSeconds, expiresAt } = await create(sessions)
  vi.advanceTimersByTime(365 * 24 * 3600 * 1000)
  expect(sessions.get('me', id).id).toBe(id)
  expect(idleTimeoutSeconds).toBe(0)
  expect(new Date(expiresAt).toISOString()).toBe('9999-12-31T23:59:59.000Z')
})

test('a place is free again after expiry', async () => {
  const sessions = open(undefined, { capacity: 1, idleTimeoutMs: 10_000 })
  await create(sessions)
  await expect(create(sessions)).rejects.toEqual(refused('sessions_full'))
  vi.advanceTimersByTime(11_000)
  expect((await create(sessions)).committedStepId).toBe(0)
})

test('one timer serves all sessions and ends with them', async () => {
  const { sessions } = observed()
  await Promise.all(Array.from({ length: 50 }, () => create(sessions)))
  expect(vi.getTimerCount()).toBe(1)
  sessions.closeAll()
  expect(vi.getTimerCount()).toBe(0)
})

test('open sessions alone keep no process alive', () => {
  vi.useRealTimers()
  const started = vi.spyOn(globalThis, 'setInterval')
  observed()
  const timer = started.mock.results[0]!.value as NodeJS.Timeout
  expect(timer.hasRef()).toBe(false)
  started.mockRestore()
})

test('what one owner has ended makes nobody forget the ends of another', async () => {
  const ended = new EndedSessions()
  ended.add('mine', 'me', 'expired')
  for (let i = 0; i < 25_000; i++) ended.add(`${i}`, 'you', 'closed')
  expect(ended.error('mine', 'me').code).toBe('session_expired')
  expect(ended.error('24999', 'you').code).toBe('session_closed')
  expect(ended.error('14999', 'you').code).toBe('session_not_found')
})

test('ends are remembered for the latest ten thousand sessions', async () => {
  const { sessions } = observed()
  const first = await create(sessions)
  await sessions.close('me', first.id)
  for (let i = 0; i < 9_999; i++) await sessions.close('me', (await create(sessions)).id)
  expect(() => sessions.get('me', first.id)).toThrow(refused('session_closed'))
  const last = await create(sessions)
  await sessions.close('me', last.id)
  expect(() => sessions.get('me', first.id)).toThrow(refused('session_not_found'))
  expect(() => sessions.get('me', last.id)).toThrow(refused('session_closed'))
})
