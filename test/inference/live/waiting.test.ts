// Requests that wait: how many, how they are dropped, and what closing a session does to them.
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import { actionOf, create, holdingRunner, open, recordingRunner, refused } from './fixture.ts'

test('more waiting requests than allowed are refused at once', async () => {
  const { runner, asked, held } = holdingRunner()
  const sessions = open(runner, { pendingPerSession: 2 })
  const { id } = await create(sessions)
  const accepted = [0, 1, 2].map((i) => sessions.step('me', id, actionOf(i))) // one runs, two wait
  const error = refused('session_busy', { retryAfterSeconds: 1 })
  await expect(sessions.step('me', id, actionOf(3))).rejects.toEqual(error)
  await expect(sessions.snapshot('me', id)).rejects.toEqual(error)
  await expect(sessions.reset('me', id, {})).rejects.toEqual(error)
  await expect(sessions.fork('me', id, { count: 1 })).rejects.toEqual(error)
  for (const i of [0, 1, 2]) (await asked(i + 1)).finish()
  expect((await Promise.all(accepted)).map(({ stepId }) => stepId)).toEqual([1, 2, 3])
  expect(held).toHaveLength(3)
  expect(await sessions.fork('me', id, { count: 1 })).toHaveLength(1) // there is room again
})

test('where nothing may wait, one request at a time is served', async () => {
  const sessions = open(undefined, { pendingPerSession: 0 })
  const { id } = await create(sessions)
  const first = sessions.step('me', id, actionOf(0))
  await expect(sessions.step('me', id, actionOf(1))).rejects.toEqual(refused('session_busy'))
  await first
  expect(await sessions.step('me', id, actionOf(1))).toMatchObject({ stepId: 2 })
})

test('a signal that has aborted cancels the step before it is computed', async () => {
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const signal = AbortSignal.abort()
  await expect(sessions.step('me', id, actionOf(0), { signal })).rejects.toEqual(refused('canceled'))
  expect(rows).toHaveLength(0)
  expect(sessions.get('me', id).committedStepId).toBe(0)
})

test('a step that aborts while it waits is dropped at its turn', async () => {
  const { runner, asked, held } = holdingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const abort = new AbortController()
  const first = sessions.step('me', id, actionOf(0))
  const second = sessions.step('me', id, actionOf(1), { signal: abort.signal })
  const third = sessions.step('me', id, actionOf(2))
  abort.abort()
  ;(await asked(1)).finish()
  await expect(second).rejects.toEqual(refused('canceled'))
  ;(await asked(2)).finish()
  expect([(await first).stepId, (await third).stepId]).toEqual([1, 2])
  expect(held).toHaveLength(2)
})

test('a deadline that has passed at its turn fails the step', async () => {
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const step = sessions.step('me', id, actionOf(0), { deadline: performance.now() - 1 })
  await expect(step).rejects.toEqual(refused('deadline_exceeded'))
  expect(rows).toHaveLength(0)
})

test('signal and deadline go to the runner, whose refusal changes nothing', async () => {
  const { runner, asked } = holdingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const options = { signal: new AbortController().signal, deadline: performance.now() + 60_000 }
  const step = sessions.step('me', id, actionOf(0), options)
  const held = await asked(1)
  expect(held.options).toMatchObject(options)
  held.fail(new DimaError('deadline_exceeded', 'too late'))
  await expect(step).rejects.toEqual(refused('deadline_exceeded'))
  expect(sessions.get('me', id).committedStepId).toBe(0)
})

test('what the runner has computed is committed even if the signal has aborted meanwhile', async () => {
  const { runner, asked, held } = holdingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const abort = new AbortController()
  const step = sessions.step('me', id, actionOf(0), { signal: abort.signal })
  const { finish } = await asked(1)
  abort.abort()
  finish()
  const answer = await step
  expect(sessions.get('me', id).committedStepId).toBe(1)
  expect(await sessions.step('me', id, actionOf(0), { stepId: 1 })).toEqual(answer) // a retry finds it
  expect(held).toHaveLength(1)
})

test('closing fails what waits at once, and what is being computed is not committed', async () => {
  const { runner, asked } = holdingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const first = sessions.step('me', id, actionOf(0))
  ;(await asked(1)).finish()
  await first
  const running = sessions.step('me', id, actionOf(1))
  const waiting = sessions.step('me', id, actionOf(2))
  const { finish } = await asked(2)
  expect(sessions.close('me', id)).toEqual({ committedStepId: 1 })
  await expect(waiting).rejects.toEqual(refused('session_closed'))
  finish()
  await expect(running).rejects.toEqual(refused('session_closed'))
  await expect(sessions.step('me', id, actionOf(1))).rejects.toEqual(refused('session_closed'))
  expect(sessions.stats().open).toBe(0)
})

test('a reset that is being computed when the session closes fails', async () => {
  const { runner } = recordingRunner()
  let release = () => {}
  let resetting = false
  const sessions = open({
    ...runner,
    begin: async (digest, choice, start) => {
      if (resetting) await new Promise<void>((resolve) => (release = resolve))
      return runner.begin(digest, choice, start)
    },
  })
  const { id } = await create(sessions)
  resetting = true
  const reset = sessions.reset('me', id, {})
  await sessions.close('me', id)
  release()
  await expect(reset).rejects.toEqual(refused('session_closed'))
})
