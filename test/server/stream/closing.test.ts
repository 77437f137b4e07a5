// Every way in which a socket ends, and that it is counted.
import { expect, test } from 'vitest'
import type { Operation } from '../../../src/server/operations/operation.ts'
import { create } from '../../../src/server/operations/sessions.ts'
import { connected, connectRaw, gate, refused, startServer, until } from './fixture.ts'

test('the client closes', async () => {
  const { counted, ...server } = await startServer()
  const client = await connected(server)
  expect(counted.open).toBe(1)
  client.socket.close(1000)
  await until(() => counted.open === 0)
  expect(counted.closed).toEqual(['client'])
})

test('the client disappears', async () => {
  const { counted, port } = await startServer()
  const socket = await connectRaw(port)
  socket.destroy()
  await until(() => counted.closed.length > 0)
  expect(counted.closed).toEqual(['lost'])
})

test('a message over the limit closes with 1009', async () => {
  const { counted, ...server } = await startServer()
  const client = await connected(server)
  client.send({ type: 'get', id: 1, x: 'x'.repeat(70_000) })
  expect(await client.closed).toBe(1009)
  expect(counted.closed).toEqual(['too_large'])
})

test('text that is not UTF-8 closes with 1007, a frame that is not masked with 1002', async () => {
  const { counted, port, ...server } = await startServer()
  const client = await connected(server)
  client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false })
  expect(await client.closed).toBe(1007)
  const raw = await connectRaw(port)
  raw.write(Buffer.from([0x81, 0x00]))
  await until(() => counted.closed.length === 2)
  expect(counted.closed).toEqual(['protocol', 'protocol'])
})

test('a client that answers no ping is let go, one that does is kept', async () => {
  const { counted, port, ...server } = await startServer({ config: { PING_SECONDS: 0.2 } })
  const good = await connected(server)
  await connectRaw(port)
  expect(counted.open).toBe(2)
  await until(() => counted.closed.length > 0)
  expect([counted.open, counted.closed]).toEqual([1, ['lost']])
  good.send({ type: 'get', id: 1 })
  expect(await good.next()).toMatchObject({ id: 1 })
})

test('a client whose requests take longer than the pings is kept', async () => {
  const go = gate()
  const step: Operation = async () => {
    await go.opened
    return {}
  }
  const server = await startServer({ operations: { step }, config: { PING_SECONDS: 0.02, MAX_PIPELINE: 1 } })
  const client = await connected(server)
  client.send({ type: 'step', id: 1 }) // nothing more is read now, pongs neither
  await new Promise((resolve) => setTimeout(resolve, 100))
  go.open()
  expect(await client.next()).toMatchObject({ type: 'reply', id: 1 })
})

test('the server stops: everyone is told, what is running is answered, then every socket closes with 1012', async () => {
  const [begun, go] = [gate(), gate()]
  const step: Operation = async () => {
    begun.open()
    await go.opened
    return {}
  }
  const server = await startServer({ operations: { step } })
  const [busy, idle] = [await connected(server), await connected(server, ['dima.v1.msgpack'])]
  const silent = await connectRaw(server.port) // never answers the close frame
  busy.send({ type: 'step', id: 1 })
  await begun.opened
  const closed = server.close()
  expect(await busy.next()).toEqual({ type: 'draining', drain_ms: 10_000 })
  expect(await idle.next()).toEqual({ type: 'draining', drain_ms: 10_000 })
  expect(idle.wasBinary).toBe(true)
  expect((await refused(server.url)).body).toMatchObject({ code: 'draining', status: 503 })
  busy.send({ type: 'step', id: 2 }) // would begin something
  idle.send({ type: 'snapshot', id: 3 })
  expect(await idle.next()).toMatchObject({ type: 'reply', id: 3 })
  go.open()
  expect(await busy.next()).toMatchObject({ type: 'reply', id: 1 })
  expect(await busy.next()).toMatchObject({ type: 'error', id: 2, problem: { code: 'draining' } })
  expect(await busy.closed).toBe(1012)
  expect(await idle.closed).toBe(1012)
  await closed
  expect([server.counted.open, server.counted.closed]).toEqual([0, ['shutdown', 'shutdown', 'shutdown']])
  silent.destroy()
})

test('what takes longer than the server waits fails with draining before the socket closes', async () => {
  const begun = gate()
  const stuck: Operation = async () => {
    begun.open()
    return new Promise<never>(() => {})
  }
  const telling: Operation = async (_, __, { emit }) => {
    for (;;) {
      await emit!({ type: 'step' })
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  const operations = { step: stuck, rollout_stream: telling }
  const server = await startServer({ operations, drainSeconds: 0.1 })
  const client = await connected(server)
  client.send({ type: 'step', id: 1 })
  client.send({ type: 'rollout_stream', id: 2 })
  await begun.opened
  void server.close()
  const ends: unknown[] = []
  while (ends.length < 2) {
    const { type, id, problem } = await client.next()
    if (type === 'error') ends.push([id, problem.code])
    else expect(ends).not.toContainEqual([id, 'draining']) // nothing after the last word
  }
  expect(ends.sort()).toEqual([
    [1, 'draining'],
    [2, 'draining'],
  ])
  expect(await client.closed).toBe(1012)
})

test('a client with a session gets a moment to save it', async () => {
  const server = await startServer({ operations: { create } })
  const client = await connected(server)
  client.send({ type: 'create', id: 0, seed: 1 })
  expect(await client.next()).toMatchObject({ type: 'reply', id: 0 })
  const closed = server.close()
  expect(await client.next()).toMatchObject({ type: 'draining' })
  client.send({ type: 'snapshot', id: 1 })
  expect(await client.next()).toMatchObject({ type: 'reply', id: 1 })
  expect(await client.closed).toBe(1012)
  await closed
})
