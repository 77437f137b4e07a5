// Requests start at once; replies leave in order. Cancel and the end of a socket.
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import type { Operation } from '../../../src/server/operations/operation.ts'
import { aborted } from '../aborted.ts'
import { connected, gate, startServer, until } from './fixture.ts'

/** Runs until it is let go, and tells that it has begun. */
function held() {
  const begun = gate()
  const go = gate()
  const operation: Operation = async () => {
    begun.open()
    await go.opened
    return { held: true }
  }
  return { operation, begun: begun.opened, go: () => go.open() }
}

/** Waits in vain, as work in a queue does, until it is aborted. */
const waiting: Operation = async (_, __, { signal }) => {
  await aborted(signal)
  throw new DimaError('canceled', 'dropped')
}

test('replies to session messages keep the order of requests, and computing does not wait for it', async () => {
  const slow = held()
  const ran: unknown[] = []
  const step: Operation = async (_, fields) => {
    ran.push(fields)
    return {}
  }
  const client = await connected(await startServer({ operations: { create: slow.operation, step } }))
  client.send({ type: 'create', id: 0 })
  for (let id = 1; id <= 20; id++) client.send({ type: 'step', id })
  client.send('unreadable')
  client.send({ type: 'rollout', id: 'another queue' })
  expect((await client.next()).id).toBe('another queue')
  expect(ran).toHaveLength(20)
  slow.go()
  const ids = []
  for (let i = 0; i <= 21; i++) ids.push((await client.next()).id)
  expect(ids).toEqual([...Array(21).keys(), null])
})

test('rollouts keep an order of their own', async () => {
  const slow = held()
  const client = await connected(await startServer({ operations: { rollout_stream: slow.operation } }))
  client.send({ type: 'rollout_stream', id: 1 })
  client.send({ type: 'rollout', id: 2 })
  client.send({ type: 'get', id: 3 })
  expect((await client.next()).id).toBe(3)
  slow.go()
  expect([(await client.next()).id, (await client.next()).id]).toEqual([1, 2])
})

test('what a policy does waits for nobody', async () => {
  const slow = held()
  const operations = { rollout: slow.operation, create: slow.operation }
  const client = await connected(await startServer({ operations }))
  for (const [id, type] of ['rollout', 'create', 'act'].entries()) client.send({ type, id })
  expect((await client.next()).id).toBe(2)
  slow.go()
  expect(new Set([(await client.next()).id, (await client.next()).id])).toEqual(new Set([0, 1]))
})

test('events come before the reply they belong to', async () => {
  const rollout_stream: Operation = async (_, __, { emit }) => {
    for (let t = 0; t < 3; t++) await emit!({ type: 'step', t })
    return { type: 'end', lengths: [3] }
  }
  const client = await connected(await startServer({ operations: { rollout_stream } }))
  client.sendBinary({ type: 'rollout_stream', id: 'r' })
  for (let t = 0; t < 3; t++)
    expect(await client.next()).toEqual({
      type: 'event',
      op: 'rollout_stream',
      id: 'r',
      event: { type: 'step', t },
    })
  expect(await client.next()).toMatchObject({ type: 'reply', id: 'r', lengths: [3] })
  expect(client.wasBinary).toBe(true)
})

test('cancel drops what waits and says so at once', async () => {
  const slow = held()
  const client = await connected(
    await startServer({ operations: { create: slow.operation, step: waiting, reset: slow.operation } }),
  )
  client.send({ type: 'create', id: 1 })
  client.send({ type: 'step', id: 2 })
  client.send({ type: 'cancel', id: 3, request_id: 2 })
  expect(await client.next()).toEqual({ type: 'reply', op: 'cancel', id: 3, canceled: true })
  client.send({ type: 'cancel', id: 4, request_id: 1 }) // does not mind
  expect(await client.next()).toMatchObject({ id: 4, canceled: false })
  client.send({ type: 'cancel', id: 5, request_id: 'never asked' })
  expect(await client.next()).toMatchObject({ id: 5, canceled: false })
  slow.go()
  expect(await client.next()).toMatchObject({ type: 'reply', id: 1 })
  expect(await client.next()).toMatchObject({ type: 'error', id: 2, problem: { code: 'canceled' } })
})

test('cancel ends a streamed rollout that looks at nothing but its events', async () => {
  const rollout_stream: Operation = async (_, __, { emit }) => {
    for (let t = 0; ; t++) {
      await emit!({ t })
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  const client = await connected(await startServer({ operations: { rollout_stream } }))
  client.send({ type: 'rollout_stream', id: 1 })
  await client.next()
  client.send({ type: 'cancel', id: 2, request_id: 1 })
  let last = await client.next()
  while (last.type === 'event' || last.id === 2) last = await client.next()
  expect(last).toMatchObject({ type: 'error', id: 1, problem: { code: 'canceled' } })
})

test.each([
  [{ request_id: -1 }, 'request_id'],
  [{}, 'request_id'],
  [{ request_id: 1, session_id: 'x' }, 'session_id'],
])('cancel of %j is refused', async (fields, field) => {
  const client = await connected(await startServer())
  client.send({ type: 'cancel', id: 1, ...fields })
  expect(await client.next()).toMatchObject({
    op: 'cancel',
    id: 1,
    problem: { code: 'invalid_request', errors: [{ field }] },
  })
})

test('a client that leaves takes its requests along, and nobody else’s', async () => {
  const gone: string[] = []
  const step: Operation = async (_, fields, { signal }) => {
    await aborted(signal)
    gone.push((fields as { who: string }).who)
    throw new DimaError('canceled', 'gone')
  }
  const server = await startServer({ operations: { step } })
  const [one, other] = [await connected(server), await connected(server)]
  one.send({ type: 'step', id: 1, who: 'a' })
  one.send({ type: 'step', id: 2, who: 'b' })
  other.send({ type: 'step', id: 1, who: 'c' })
  other.send({ type: 'rollout', id: 2 })
  await other.next()
  one.send({ type: 'rollout', id: 3 })
  await one.next()
  one.socket.close()
  await until(() => server.counted.closed.length === 1)
  await until(() => gone.length === 2)
  expect(gone.toSorted()).toEqual(['a', 'b'])
})

test('many sockets do not mix', async () => {
  const server = await startServer()
  const clients = await Promise.all(Array.from({ length: 8 }, () => connected(server)))
  for (let id = 0; id < 25; id++)
    for (const [who, client] of clients.entries()) client.send({ type: 'get', id, who })
  for (const [who, client] of clients.entries())
    for (let id = 0; id < 25; id++) expect(await client.next()).toMatchObject({ id, echo: { who } })
})
