// What a client says and is told: metadata, both encodings, ids, errors.
import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { Metadata, StreamError } from '../../../src/api/stream.ts'
import { DimaError } from '../../../src/common/errors.ts'
import type { Identity, Scope } from '../../../src/server/auth/scopes.ts'
import type { Operation } from '../../../src/server/operations/operation.ts'
import { connect, connected, startServer, until } from './fixture.ts'

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

test('the server speaks first, in the encoding of the subprotocol', async () => {
  const server = await startServer()
  for (const [protocols, chosen, binary] of [
    [[], '', false],
    [['dima.v1.json'], 'dima.v1.json', false],
    [['bearer.secret', 'dima.v1.msgpack', 'dima.v1.json'], 'dima.v1.msgpack', true],
  ] as const) {
    const client = await connect(server, [...protocols])
    const metadata = await client.next()
    expect([client.socket.protocol, client.wasBinary]).toEqual([chosen, binary])
    expect(Value.Errors(Metadata, metadata)).toEqual([])
    expect(metadata).toMatchObject({ type: 'metadata', limits: { frame_bytes: 64 * 1024, pipeline: 64 } })
    expect(metadata.models[0].name).toBe('tiny')
  }
})

test('a reply has the type, the id and the encoding of its request', async () => {
  const client = await connected(await startServer())
  client.send({ type: 'get', id: 1, session_id: 'x' })
  expect(await client.next()).toEqual({ type: 'reply', op: 'get', id: 1, echo: { session_id: 'x' } })
  expect(client.wasBinary).toBe(false)
  client.sendBinary({ type: 'get', id: '1', session_id: 'y' })
  expect(await client.next()).toEqual({ type: 'reply', op: 'get', id: '1', echo: { session_id: 'y' } })
  expect(client.wasBinary).toBe(true)
})

test('what ends a streamed rollout is a reply like the others', async () => {
  const client = await connected(
    await startServer({ operations: { rollout_stream: async () => ({ type: 'end', lengths: [1] }) } }),
  )
  client.send({ type: 'rollout_stream', id: 1 })
  expect(await client.next()).toEqual({ type: 'reply', op: 'rollout_stream', id: 1, lengths: [1] })
})

test('a traceparent comes back with a span of ours, and both are in the log', async () => {
  const server = await startServer()
  const client = await connected(server)
  client.send({ type: 'get', id: 1, traceparent: TRACE })
  const reply = await client.next()
  expect(reply).toMatchObject({ echo: {} })
  const [, traceId, spanId] = String(reply.traceparent).split('-')
  expect(traceId).toBe(TRACE.split('-')[1])
  const line = server.logged.map((text) => JSON.parse(text)).find(({ op }) => op === 'get')
  expect(line).toMatchObject({ trace_id: traceId, span_id: spanId, parent_id: TRACE.split('-')[2] })
  client.send({ type: 'get', id: 2, traceparent: 'made up' })
  expect(await client.next()).toMatchObject({
    type: 'error',
    id: 2,
    problem: { code: 'invalid_request', errors: [{ field: 'traceparent' }] },
  })
})

test.each([
  ['text that is not JSON', '{"type":', null, 'invalid_json'],
  ['a list', '[]', null, 'invalid_json'],
  ['null', 'null', null, 'invalid_json'],
  ['nothing', '', null, 'invalid_json'],
  ['no id', { type: 'get' }, null, 'invalid_request'],
  ['a negative id', { type: 'get', id: -1 }, null, 'invalid_request'],
  ['an id that is not whole', { type: 'get', id: 1.5 }, null, 'invalid_request'],
  ['a long id', { type: 'get', id: 'x'.repeat(65) }, null, 'invalid_request'],
  ['no type', { id: 1 }, 1, 'unknown_type'],
  ['another type', { type: 'explode', id: 1 }, 1, 'unknown_type'],
  ['a type every object has', { type: 'constructor', id: 1 }, 1, 'unknown_type'],
  ['bytes that are not msgpack', Buffer.from([0xc1]), null, 'invalid_msgpack'],
  ['a msgpack number', Buffer.from([1]), null, 'invalid_msgpack'],
  ['deep nesting without a type', `{"id":1,"x":${'['.repeat(5000)}${']'.repeat(5000)}}`, 1, 'too_deep'],
])('%s is answered with an error and the socket stays open', async (_, message, id, code) => {
  const server = await startServer()
  const client = await connected(server)
  client.send(message)
  const error = await client.next()
  expect(Value.Errors(StreamError, error)).toEqual([])
  expect(error).toMatchObject({ type: 'error', op: null, id, problem: { code } })
  expect(client.wasBinary).toBe(message instanceof Buffer)
  client.send({ type: 'get', id: 2 })
  expect(await client.next()).toMatchObject({ type: 'reply', id: 2 })
  expect(server.counted.messages).toEqual([
    ['unknown', code],
    ['get', 'ok'],
  ])
})

test('what is nested too deeply is refused under its id', async () => {
  const client = await connected(await startServer())
  client.send(`{"type":"get","id":1,"x":${'['.repeat(50_000 / 2)}${']'.repeat(50_000 / 2)}}`)
  expect(await client.next()).toMatchObject({
    type: 'error',
    op: 'get',
    id: 1,
    problem: { code: 'too_deep' },
  })
})

test('an operation tells what was wrong; what went wrong inside stays inside', async () => {
  const server = await startServer({
    operations: {
      step: async () => {
        throw new DimaError('step_out_of_order', 'step 3 is next', { field: 'step_id', expected: 3 })
      },
      reset: async () => {
        throw new Error('secret /etc/passwd')
      },
      fork: () => {
        throw new DimaError('overloaded', 'executor 17 is busy')
      },
    },
  })
  const client = await connected(server)
  client.send({ type: 'step', id: 1 })
  expect(await client.next()).toMatchObject({
    op: 'step',
    id: 1,
    problem: { code: 'step_out_of_order', status: 409, errors: [{ field: 'step_id', expected: 3 }] },
  })
  client.send({ type: 'reset', id: 2 })
  const { problem } = await client.next()
  expect(problem).toMatchObject({ code: 'internal', status: 500, errors: [] })
  expect(JSON.stringify(problem)).not.toContain('secret')
  expect(server.logged.find((line) => line.includes('secret'))).toContain(problem.instance)
  client.send({ type: 'fork', id: 3 })
  expect(JSON.stringify(await client.next())).not.toContain('17')
  expect(server.counted.messages.map(([, outcome]) => outcome)).toEqual([
    'step_out_of_order',
    'internal',
    'overloaded',
  ])
})

test('every message is charged to its caller, good or bad', async () => {
  let left = 2
  const charge = () => {
    if (left-- === 0) throw new DimaError('rate_limited', 'too often')
  }
  const client = await connected(await startServer({ charge }))
  client.send({ type: 'get', id: 1 })
  client.send('nonsense')
  client.send({ type: 'get', id: 3 })
  const codes = [await client.next(), await client.next(), await client.next()].map(
    ({ problem }) => problem?.code,
  )
  expect(codes).toEqual([undefined, 'invalid_json', 'rate_limited'])
})

test('two requests at a time can not have one id', async () => {
  const server = await startServer({ operations: { create: () => new Promise(() => {}) } })
  const client = await connected(server)
  client.send({ type: 'create', id: 1 })
  client.send({ type: 'rollout', id: 1 })
  expect(await client.next()).toMatchObject({ op: 'rollout', problem: { errors: [{ field: 'id' }] } })
  client.send({ type: 'rollout', id: '1' }) // text is another id
  expect(await client.next()).toMatchObject({ type: 'reply', id: '1' })
})

const holder = (scopes: Scope[], active = () => true): Identity => ({
  owner: 'ann',
  scopes: new Set(scopes),
  active,
})

test('a key does what its scopes allow, in its own name', async () => {
  const step: Operation = async (_, __, { owner }) => ({ owner })
  const server = await startServer({ caller: holder(['session']), operations: { step } })
  const client = await connected(server)
  client.send({ type: 'step', id: 1 })
  expect(await client.next()).toMatchObject({ type: 'reply', owner: 'ann' })
  client.send({ type: 'rollout', id: 2 })
  expect(await client.next()).toMatchObject({ op: 'rollout', problem: { code: 'forbidden', status: 403 } })
  const other = await connected(await startServer({ caller: holder(['rollout']) }))
  for (const type of [
    'create',
    'get',
    'reset',
    'step',
    'step_many',
    'snapshot',
    'restore',
    'fork',
    'close',
  ]) {
    other.send({ type, id: type })
    expect(await other.next()).toMatchObject({ id: type, problem: { code: 'forbidden' } })
  }
  other.send({ type: 'rollout', id: 3 })
  expect(await other.next()).toMatchObject({ type: 'reply', id: 3 })
})

test('a key that is withdrawn is told so and loses its socket', async () => {
  let valid = true
  const server = await startServer({ caller: holder(['session'], () => valid) })
  const client = await connected(server)
  client.send({ type: 'get', id: 1 })
  expect(await client.next()).toMatchObject({ type: 'reply' })
  valid = false
  client.send({ type: 'get', id: 2 })
  expect(await client.next()).toMatchObject({ id: 2, problem: { code: 'unauthenticated' } })
  expect(await client.closed).toBe(1008)
  await until(() => server.counted.open === 0)
  expect(server.counted.closed).toEqual(['limit'])
})
