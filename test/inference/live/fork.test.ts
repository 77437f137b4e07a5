// Children of a session: equal until their actions or seeds differ.
import { expect, test } from 'vitest'
import { actionOf, create, H, holdingRunner, open, recordingRunner, refused } from './fixture.ts'

async function parentAt(steps: number, sessions = open()) {
  const { id } = await create(sessions)
  for (let i = 0; i < steps; i++) await sessions.step('me', id, actionOf(i))
  return { sessions, id }
}

test('children stand where their parent does', async () => {
  const { sessions, id } = await parentAt(3)
  const parent = sessions.get('me', id)
  const children = await sessions.fork('me', id, { count: 3 })
  for (const child of children)
    expect({ ...child, id: '', expiresAt: 0 }).toEqual({ ...parent, id: '', expiresAt: 0 })
  expect(new Set([id, ...children.map((child) => child.id)]).size).toBe(4)
})

test('with the same actions children go on like their parent, over a new anchor too', async () => {
  const { sessions, id } = await parentAt(H - 2)
  const [child] = await sessions.fork('me', id, { count: 1 })
  for (let i = 0; i < H; i++) {
    const own = await sessions.step('me', id, actionOf(i, 1))
    const copied = await sessions.step('me', child!.id, actionOf(i, 1))
    expect({ ...copied, sessionId: id }).toEqual(own)
  }
})

test('the rows of family members differ in nothing but their names', async () => {
  const { runner, rows } = recordingRunner()
  const { sessions, id } = await parentAt(2, open(runner))
  const [a, b] = await sessions.fork('me', id, { count: 2 })
  rows.length = 0
  for (const one of [id, a!.id, b!.id]) await sessions.step('me', one, actionOf(9))
  expect(new Set(rows.map((row) => row.id)).size).toBe(3)
  const [first, ...others] = rows.map((row) => ({ ...row, id: 0 }))
  for (const other of others) expect(other).toEqual(first)
})

test('children part with their actions, and their parent does not notice', async () => {
  const { sessions, id } = await parentAt(2)
  const alone = await parentAt(2)
  const [a, b] = await sessions.fork('me', id, { count: 2 })
  const left = await sessions.step('me', a!.id, actionOf(0, 1))
  const right = await sessions.step('me', b!.id, actionOf(0, 2))
  expect(left.state).not.toEqual(right.state)
  expect(sessions.get('me', id).committedStepId).toBe(2)
  const own = await sessions.step('me', id, actionOf(2))
  const undisturbed = await alone.sessions.step('me', alone.id, actionOf(2))
  expect(own.state).toEqual(undisturbed.state)
})

test('with seeds each child meets noise of its own from here on', async () => {
  const { runner, rows } = recordingRunner()
  const { sessions, id } = await parentAt(2, open(runner))
  const children = await sessions.fork('me', id, { count: 2, seeds: [11, 12] })
  expect(children.map(({ seed }) => seed)).toEqual([11, 12])
  const { key } = rows[0]!
  rows.length = 0
  const answers = await Promise.all(children.map((child) => sessions.step('me', child.id, actionOf(2))))
  expect(answers[0]!.state).not.toEqual(answers[1]!.state)
  expect(rows.map((row) => [row.seed, row.key, row.step])).toEqual([
    [11, key, 2],
    [12, key, 2],
  ])
})

test('a child remembers the last step under its own name', async () => {
  const { sessions, id } = await parentAt(0)
  const answer = await sessions.step('me', id, actionOf(0))
  const [child] = await sessions.fork('me', id, { count: 1 })
  const repeated = await sessions.step('me', child!.id, actionOf(0), { stepId: 1 })
  expect(repeated).toEqual({ ...answer, sessionId: child!.id })
  expect(await sessions.step('me', child!.id, actionOf(1))).toMatchObject({ stepId: 2 })
})

test('a fork waits its turn', async () => {
  const { runner, asked } = holdingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions)
  const step = sessions.step('me', id, actionOf(0))
  const fork = sessions.fork('me', id, { count: 1 })
  const later = sessions.step('me', id, actionOf(1))
  ;(await asked(1)).finish()
  ;(await asked(2)).finish()
  const [answer, [child]] = [await step, await fork, await later]
  expect(child).toMatchObject({ committedStepId: 1, state: answer.state })
})

test('children take places, all or none', async () => {
  const { sessions, id } = await parentAt(0, open(undefined, { capacity: 4, capacityPerOwner: 3 }))
  await expect(sessions.fork('me', id, { count: 3 })).rejects.toEqual(refused('session_limit'))
  expect(sessions.stats().open).toBe(1)
  expect(await sessions.fork('me', id, { count: 2 })).toHaveLength(2)
  await expect(sessions.fork('me', id, { count: 1 })).rejects.toEqual(refused('session_limit'))
  const small = await parentAt(0, open(undefined, { capacity: 3 }))
  await expect(small.sessions.fork('me', small.id, { count: 3 })).rejects.toEqual(refused('sessions_full'))
  expect(small.sessions.stats().open).toBe(1)
})

test('children outlive their parent', async () => {
  const { sessions, id } = await parentAt(1)
  const [child] = await sessions.fork('me', id, { count: 1 })
  sessions.close('me', id)
  expect(await sessions.step('me', child!.id, actionOf(1))).toMatchObject({ stepId: 2 })
})

test('seeds must be as many as children', async () => {
  const { sessions, id } = await parentAt(0)
  const error = refused('invalid_shape', { field: 'seeds', expected: 3, given: 2 })
  await expect(sessions.fork('me', id, { count: 3, seeds: [1, 2] })).rejects.toEqual(error)
})
