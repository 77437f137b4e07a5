// The order of steps: ids, repeats, conflicts, pipelining, and steps that fail.
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import {
  actionOf,
  columnsOf,
  create,
  holdingRunner,
  N,
  O,
  open,
  recordingRunner,
  refused,
  S,
  settle,
} from './fixture.ts'

test('a step answers with the next state and commits it', async () => {
  const sessions = open()
  const { id } = await create(sessions)
  const answer = await sessions.step('me', id, actionOf(0))
  expect(answer).toMatchObject({ sessionId: id, stepId: 1, committedStepId: 1, episodeStep: 1 })
  expect([answer.state.length, answer.observations.length]).toEqual([S, N * O])
  expect(answer.final).toBeUndefined()
  const { state, observations } = answer
  expect(sessions.get('me', id)).toMatchObject({ committedStepId: 1, episodeStep: 1, state, observations })
})

test('repeating the last committed step returns its answer and computes nothing', async () => {
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  await sessions.step('me', id, actionOf(0))
  const second = await sessions.step('me', id, actionOf(1), { stepId: 2 })
  expect(await sessions.step('me', id, actionOf(1), { stepId: 2 })).toEqual(second)
  expect(rows).toHaveLength(2)
})

test('a committed step with other actions is a conflict', async () => {
  const sessions = open()
  const { id } = await create(sessions)
  await sessions.step('me', id, actionOf(0))
  await expect(sessions.step('me', id, actionOf(1), { stepId: 1 })).rejects.toEqual(refused('step_conflict'))
  expect(sessions.get('me', id).committedStepId).toBe(1)
})

test.each([0, 1, 2, 4, 5, Number.MAX_SAFE_INTEGER])('step %s is refused where 3 is next', async (stepId) => {
  const sessions = open()
  const { id } = await create(sessions)
  await sessions.step('me', id, actionOf(0))
  await sessions.step('me', id, actionOf(1))
  const details = { field: 'step_id', expected: 3, given: stepId }
  const error = stepId === 2 ? refused('step_conflict') : refused('step_out_of_order', details)
  await expect(sessions.step('me', id, actionOf(9), { stepId })).rejects.toEqual(error)
  expect(await sessions.step('me', id, actionOf(2), { stepId: 3 })).toMatchObject({ stepId: 3 })
})

test('before the first step nothing can be repeated', async () => {
  const sessions = open()
  const { id } = await create(sessions)
  const error = refused('step_out_of_order', { expected: 1, given: 0 })
  await expect(sessions.step('me', id, actionOf(0), { stepId: 0 })).rejects.toEqual(error)
})

test('steps in flight run one after the other in the order of the calls', async () => {
  const { runner, held, asked } = holdingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const done: number[] = []
  const steps = [0, 1, 2].map((i) =>
    sessions.step('me', id, actionOf(i)).then((answer) => {
      done.push(answer.stepId)
      return answer
    }),
  )
  for (const i of [0, 1, 2]) {
    const { row, finish } = await asked(i + 1)
    await settle()
    expect(held).toHaveLength(i + 1) // the next one waits
    expect(row.step).toBe(i)
    finish()
  }
  await Promise.all(steps)
  expect(done).toEqual([1, 2, 3])
})

test('steps in flight give what steps one by one give', async () => {
  const pipelined = open()
  const alone = open()
  const [a, b] = [await create(pipelined), await create(alone)]
  const fast = await Promise.all([0, 1, 2, 3].map((i) => pipelined.step('me', a.id, actionOf(i))))
  for (const i of [0, 1, 2, 3]) {
    const slow = await alone.step('me', b.id, actionOf(i))
    expect({ ...fast[i], sessionId: '' }).toEqual({ ...slow, sessionId: '' })
  }
})

test('a failed step changes nothing, and explicit ids behind it are out of order', async () => {
  const { runner, asked } = holdingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const before = sessions.get('me', id)
  const first = sessions.step('me', id, actionOf(0), { stepId: 1 })
  const second = sessions.step('me', id, actionOf(1), { stepId: 2 })
  const third = sessions.step('me', id, actionOf(2))
  const outcomes = Promise.allSettled([first, second, third])
  ;(await asked(1)).fail(new DimaError('executor_failed', 'gone'))
  const retried = await asked(2)
  const { state, observations, committedStepId } = sessions.get('me', id)
  expect({ state, observations, committedStepId }).toEqual({
    state: before.state,
    observations: before.observations,
    committedStepId: 0,
  })
  expect(retried.row.step).toBe(0)
  expect([...columnsOf(retried.row).actions.slice(-6)]).toEqual([...actionOf(2)])
  retried.finish()
  const [failed, behind, next] = await outcomes
  expect(failed).toMatchObject({ status: 'rejected', reason: refused('executor_failed') })
  expect(behind).toMatchObject({ reason: refused('step_out_of_order', { expected: 1, given: 2 }) })
  expect(next).toMatchObject({ status: 'fulfilled', value: { stepId: 1 } })
})

test('a step that failed gives the same when it is sent again', async () => {
  const { runner, asked } = holdingRunner()
  const sessions = open(runner)
  const undisturbed = open()
  const [a, b] = [await create(sessions), await create(undisturbed)]
  const lost = sessions.step('me', a.id, actionOf(0), { stepId: 1 })
  ;(await asked(1)).fail(new Error('socket hang up'))
  await expect(lost).rejects.toThrow('socket hang up')
  const again = sessions.step('me', a.id, actionOf(0), { stepId: 1 })
  ;(await asked(2)).finish()
  const expected = await undisturbed.step('me', b.id, actionOf(0))
  expect({ ...(await again), sessionId: '' }).toEqual({ ...expected, sessionId: '' })
})

const NaNs = (length: number) => new Float32Array(length).fill(Number.NaN)
test.each([
  ['carried', { carried: NaNs(S) }],
  ['state', { state: new Float64Array(S).fill(Number.POSITIVE_INFINITY) }],
  ['observations', { observations: NaNs(N * O) }],
  ['reward', { reward: Number.NaN }],
  ['terminationProbability', { terminationProbability: Number.NaN }],
])('a step whose %s is not finite is not committed', async (_, change) => {
  const { runner, asked } = holdingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const step = sessions.step('me', id, actionOf(0))
  ;(await asked(1)).finish(change)
  await expect(step).rejects.toEqual(refused('diverged'))
  const again = sessions.step('me', id, actionOf(0))
  ;(await asked(2)).finish()
  expect(await again).toMatchObject({ stepId: 1 })
})

test('an action of the wrong size is refused', async () => {
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const error = refused('invalid_shape', { field: 'actions', given: 5 })
  await expect(sessions.step('me', id, new Float32Array(5))).rejects.toEqual(error)
  expect(rows).toHaveLength(0)
})

test('a caller may use its array again at once', async () => {
  const { runner, held, asked } = holdingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const action = actionOf(0)
  const first = sessions.step('me', id, action)
  const second = sessions.step('me', id, action)
  action.fill(9)
  ;(await asked(1)).finish()
  ;(await asked(2)).finish()
  await Promise.all([first, second])
  for (const { row } of held) expect([...columnsOf(row).actions.slice(-6)]).toEqual([...actionOf(0)])
  expect(await sessions.step('me', id, actionOf(0), { stepId: 2 })).toMatchObject({ stepId: 2 })
})

test('what a step needs to know of a session is what `get` says, and it is nobody else’s', async () => {
  const sessions = open()
  const { id } = await create(sessions)
  await sessions.step('me', id, actionOf(0))
  const { bundle, committedStepId } = sessions.get('me', id)
  expect(sessions.standing('me', id)).toEqual({ bundle, committedStepId })
  expect(() => sessions.standing('you', id)).toThrow(expect.objectContaining({ code: 'session_not_found' }))
})
