// A client that sends as much as it can holds up no other, and pays before anything of it is read.
import { expect, test, vi } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import type { Identity } from '../../../src/server/auth/scopes.ts'
import type { Operation } from '../../../src/server/operations/operation.ts'
import { Decoder } from '../../../src/server/wire/decoder.ts'
import { connected, connectRaw, gate, startServer, until } from './fixture.ts'

const reader: Identity = { owner: 'reader', scopes: new Set(['read']), active: () => true }
/** Masked with zeros. */
const frame = (text: string) =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])

test('20,000 frames in one write leave others their turns', async () => {
  const server = await startServer()
  const other = await connected(server)
  const storm = await connectRaw(server.port)
  storm.on('error', () => {})
  storm.resume()
  storm.write(Buffer.concat(Array.from({ length: 20_000 }, () => frame('{}'))))
  await until(() => server.counted.messages.length > 0)
  const answers = []
  for (let id = 0; id < 10; id++) {
    other.send({ type: 'get', id })
    await other.next()
    answers.push(server.counted.messages.filter(([op]) => op === 'unknown').length)
  }
  expect(answers.at(-1)).toBeLessThan(20_000)
  await until(() => server.counted.messages.length === 20_010)
})

test('a message that had to wait is followed by reading on', async () => {
  const slow = gate()
  const step: Operation = async () => {
    await slow.opened
    return {}
  }
  const server = await startServer({ operations: { step } })
  const client = await connected(server)
  const busy = await connectRaw(server.port)
  busy.on('error', () => {})
  busy.resume()
  busy.write(Buffer.concat(Array.from({ length: 2000 }, () => frame('{}'))))
  client.send({ type: 'step', id: 1 })
  await until(() => server.counted.messages.length > 1000)
  client.send({ type: 'rollout', id: 2 })
  expect((await client.next()).id).toBe(2)
  slow.open()
  expect((await client.next()).id).toBe(1)
})

const large = `{"type":"rollout","id":7,"actions":${JSON.stringify(Array(70_000).fill(0))}}`

test('a key that may only read sends no large frames, and is told so under its id', async () => {
  const server = await startServer({ caller: reader, config: { FRAME_LIMIT_BYTES: 1024 * 1024 } })
  const client = await connected(server)
  client.send(large)
  expect(await client.next()).toMatchObject({
    type: 'error',
    op: 'rollout',
    id: 7,
    problem: { code: 'forbidden' },
  })
})

test.each([false, true])(
  'who asks too often is told so under its id, and nothing is decoded (binary: %s)',
  async (binary) => {
    const charge = () => {
      throw new DimaError('rate_limited', 'reader asks too often', { retryAfterSeconds: 1 })
    }
    const client = await connected(await startServer({ charge, config: { FRAME_LIMIT_BYTES: 1024 * 1024 } }))
    const message = { type: 'step', id: 8, actions: Array(70_000).fill(0) }
    if (binary) client.sendBinary(message)
    else client.send(message)
    const told = { type: 'error', op: 'step', id: 8, problem: { code: 'rate_limited' } }
    expect(await client.next()).toMatchObject(told)
    client.send('no JSON at all')
    expect(await client.next()).toMatchObject({ id: null, problem: { code: 'rate_limited' } })
  },
)

test('a heavy message is read by a thread, and those after it start after it', async () => {
  const ran: unknown[] = []
  const rollout: Operation = async (_, fields) => {
    ran.push((fields as { actions: { shape: number[] } }).actions.shape)
    return {}
  }
  const get: Operation = async () => {
    ran.push('get')
    return {}
  }
  const config = { FRAME_LIMIT_BYTES: 1024 * 1024 }
  const client = await connected(await startServer({ operations: { rollout, get }, config }))
  client.send(large)
  client.send({ type: 'get', id: 8 })
  client.send(`${large.slice(0, -1)}x`)
  client.send({ type: 'get', id: 9 })
  const answers = [await client.next(), await client.next(), await client.next(), await client.next()]
  expect(ran).toEqual([[70_000], 'get', 'get'])
  expect(answers.find(({ type }) => type === 'error')).toMatchObject({
    id: 7,
    problem: { code: 'invalid_json' },
  })
})

test('a heavy message begins nothing when its socket was closed while it was read', async () => {
  let valid = true
  const caller: Identity = { owner: 'a', scopes: new Set(['rollout']), active: () => valid }
  const decoder = new Decoder()
  const [reading, read] = [gate(), gate<unknown>()]
  vi.spyOn(decoder, 'decode').mockImplementation(() => {
    reading.open()
    return read.opened
  })
  const server = await startServer({ caller, decoder, config: { PING_SECONDS: 0.2 } })
  const client = await connected(server)
  client.send({ type: 'rollout', id: 1 })
  await reading.opened
  valid = false
  expect(await client.closed).toBe(1008)
  valid = true
  read.open({ type: 'rollout', id: 1 })
  await new Promise(setImmediate)
  expect(server.counted.messages).toEqual([])
})

test('a streamed rollout whose key is withdrawn ends, and so does its socket', async () => {
  let valid = true
  const rollout_stream: Operation = async (_, __, { emit }) => {
    for (;;) {
      await emit!({ t: 0 })
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  const caller: Identity = { owner: 'a', scopes: new Set(['rollout']), active: () => valid }
  const client = await connected(await startServer({ caller, operations: { rollout_stream } }))
  client.send({ type: 'rollout_stream', id: 1 })
  expect((await client.next()).type).toBe('event')
  valid = false
  let last = await client.next()
  while (last.type === 'event') last = await client.next()
  expect(last).toMatchObject({ type: 'error', id: 1, problem: { code: 'unauthenticated' } })
  expect(await client.closed).toBe(1008)
})

test('an idle socket whose key is withdrawn is closed', async () => {
  let valid = true
  const caller: Identity = { ...reader, active: () => valid }
  const client = await connected(await startServer({ caller, config: { PING_SECONDS: 0.2 } }))
  valid = false
  expect(await client.closed).toBe(1008)
})
