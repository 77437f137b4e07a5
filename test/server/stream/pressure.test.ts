// Neither a client that asks faster than it is answered nor one that does not read can fill the memory.
import { expect, test } from 'vitest'
import type { DimaError } from '../../../src/common/errors.ts'
import type { Operation } from '../../../src/server/operations/operation.ts'
import { connected, connectRaw, gate, startServer, until } from './fixture.ts'

test('with too many unanswered requests nothing more is started, and nothing is lost', async () => {
  const go = gate()
  let [running, most] = [0, 0]
  const step: Operation = async () => {
    most = Math.max(most, ++running)
    await go.opened
    running--
    return {}
  }
  const server = await startServer({ operations: { step }, config: { MAX_PIPELINE: 10 } })
  const client = await connected(server)
  for (let id = 0; id < 500; id++) client.send({ type: 'step', id })
  await until(() => running === 10)
  const other = await connected(server) // the server has had time to read more than ten
  other.send({ type: 'get', id: 1 })
  await other.next()
  expect(running).toBe(10)
  go.open()
  for (let id = 0; id < 500; id++) expect((await client.next()).id).toBe(id)
  expect(most).toBe(10)
})

/** Sends a megabyte for each message. */
const large: Operation = async () => ({ text: 'x'.repeat(1024 * 1024) })

test('a client that does not read is not read either, and loses nothing when it goes on', async () => {
  let ran = 0
  const get: Operation = async (context, fields, caller) => {
    ran++
    return large(context, fields, caller)
  }
  const server = await startServer({ operations: { get }, config: { MAX_PIPELINE: 2 } })
  const client = await connected(server)
  client.socket.pause()
  for (let id = 0; id < 60; id++) client.send({ type: 'get', id })
  await until(() => ran > 0)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const before = ran
  expect(before).toBeLessThan(60)
  client.socket.resume()
  for (let id = 0; id < 60; id++) expect((await client.next()).id).toBe(id)
  expect(ran).toBe(60)
})

test('a client that does not read for too long is closed with 1013', async () => {
  const config = { SLOW_CLIENT_MS: 50, MAX_PIPELINE: 2 }
  const server = await startServer({ operations: { get: large }, config })
  const client = await connected(server)
  client.socket.pause()
  for (let id = 0; id < 60; id++) client.send({ type: 'get', id })
  await new Promise((resolve) => setTimeout(resolve, 150))
  client.socket.resume()
  expect(await client.closed).toBe(1013)
  await until(() => server.counted.open === 0)
  expect(server.counted.closed).toEqual(['slow'])
})

test('a client that is far behind is closed at once', async () => {
  const go = gate()
  const get: Operation = async (context, fields, caller) => {
    await go.opened
    return large(context, fields, caller)
  }
  const server = await startServer({ operations: { get }, config: { SEND_BUFFER_BYTES: 1024 } })
  const client = await connected(server)
  client.socket.pause()
  for (let id = 0; id < 60; id++) client.send({ type: 'get', id }) // all are running before the first reply
  client.send({ type: 'cancel', id: 60, request_id: 'none' })
  await until(() => server.counted.messages.length === 1)
  go.open()
  await new Promise((resolve) => setTimeout(resolve, 50))
  client.socket.resume()
  expect(await client.closed).toBe(1013)
})

test('one reply larger than all of that is fine', async () => {
  const get: Operation = async () => ({ text: 'x'.repeat(10_000_000) })
  const server = await startServer({ operations: { get }, config: { SEND_BUFFER_BYTES: 1024 } })
  const client = await connected(server)
  for (let id = 0; id < 3; id++) {
    client.send({ type: 'get', id })
    expect((await client.next()).text).toHaveLength(10_000_000)
  }
})

test('a streamed rollout waits for its reader, and ends when the reader has gone', async () => {
  let [events, ended] = [0, '']
  const rollout_stream: Operation = async (_, __, { emit }) => {
    try {
      for (;;) {
        await emit!({ text: 'x'.repeat(256 * 1024) })
        events++
      }
    } catch (error) {
      ended = (error as DimaError).code
      throw error
    }
  }
  const client = await connected(await startServer({ operations: { rollout_stream } }))
  client.socket.pause()
  client.send({ type: 'rollout_stream', id: 1 })
  let seen = -1
  await until(() => {
    const still = events === seen && events > 0
    seen = events
    return still
  })
  client.socket.terminate()
  await until(() => ended !== '')
  expect(ended).toBe('canceled')
})

test('a flood of pings is answered by a few, the last one among them', async () => {
  const server = await startServer()
  const socket = await connectRaw(server.port)
  const ping = Buffer.from([0x89, 0x81, 0, 0, 0, 0, 0x61])
  const last = Buffer.from([0x89, 0x81, 0, 0, 0, 0, 0x7a])
  let answered = Buffer.alloc(0)
  socket.on('data', (data) => (answered = Buffer.concat([answered, data])))
  socket.write(Buffer.concat([...Array.from({ length: 20_000 }, () => ping), last]))
  await until(() => answered.subarray(-3).equals(Buffer.from([0x8a, 0x01, 0x7a])))
  expect(answered.length).toBeLessThan((3 * 20_000) / 10)
  expect(server.counted.open).toBe(1)
})
