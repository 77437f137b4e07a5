// Steps into a queue that was just found full are refused unread, and look as if they had been read.
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import type { Operation } from '../../../src/server/operations/operation.ts'
import { OPERATION } from '../../../src/server/operations/table.ts'
import { Crowds } from '../../../src/server/stream/crowds.ts'
import { connected, startServer } from './fixture.ts'

const FRAME = { data: Buffer.from('{}'), binary: false }

const full = (details: object) =>
  new DimaError('overloaded', 'too much work is waiting', { retryAfterSeconds: 2, ...details })

/** A server whose queue is full, and how many steps it has read. */
async function crowded(details: object) {
  const read: unknown[] = []
  const step: Operation = async (_, fields) => {
    read.push(fields)
    throw full(details)
  }
  const server = await startServer({
    operations: { create: OPERATION.create, step, get: OPERATION.get },
    crowds: new Crowds(60_000),
  })
  const client = await connected(server)
  client.send({ type: 'create', id: 0, seed: 1 })
  const { session_id } = await client.next()
  return { server, client, read, session_id }
}

test.each([true, false])(
  'as %s msgpack: steps after the first are told the same, in order',
  async (binary) => {
    const { client, read, session_id, server } = await crowded({ crowded: true })
    const send = (message: object) => (binary ? client.sendBinary(message) : client.send(message))
    send({ type: 'step', id: 1, session_id, actions: [] })
    const replies = [await client.next()]
    for (let id = 2; id <= 40; id++) send({ type: 'step', id, session_id, actions: [] })
    send({ type: 'get', id: 'last', session_id })
    for (let i = 1; i < 40; i++) replies.push(await client.next())
    expect(client.wasBinary).toBe(binary)
    expect((await client.next()).id).toBe('last')
    expect(read).toHaveLength(1)
    const instances = replies.map(({ problem }) => problem.instance)
    expect(new Set(instances).size).toBe(40)
    const [first] = replies
    replies.forEach((reply, i) => {
      const { problem } = reply
      expect(reply).toEqual({
        ...first,
        id: i + 1,
        problem: { ...first.problem, instance: problem.instance },
      })
    })
    expect(first.problem).toMatchObject({ code: 'overloaded', status: 503, retry_after_ms: 2000 })
    expect(
      server.counted.messages.filter(([op, outcome]) => op === 'step' && outcome === 'overloaded'),
    ).toHaveLength(40)
  },
)

test('a step that only came too late for its own deadline says nothing of others', async () => {
  const { client, read, session_id } = await crowded({ crowded: false })
  for (let id = 1; id <= 40; id++) client.send({ type: 'step', id, session_id, actions: [] })
  for (let i = 0; i < 40; i++) await client.next()
  expect(read).toHaveLength(40)
})

test.each([true, false])(
  'as %s msgpack: too late for one deadline is too late for the same, no other',
  async (binary) => {
    const { client, read, session_id } = await crowded({ crowded: false })
    const send = (message: object) => (binary ? client.sendBinary(message) : client.send(message))
    const step = (id: number, more = {}) => send({ type: 'step', id, session_id, actions: [], ...more })
    step(0, { deadline_ms: 250 })
    await client.next()
    for (let id = 1; id <= 20; id++) {
      step(id, { deadline_ms: 250 })
      step(100 + id)
    }
    for (let i = 0; i < 40; i++) expect((await client.next()).problem.code).toBe('overloaded')
    const of = (deadline: unknown) => read.filter((fields) => (fields as Fields).deadline_ms === deadline)
    expect([of(250).length, of(undefined).length]).toEqual([1, 20])
    step(200, { deadline_ms: 2500 })
    await client.next()
    expect(of(2500)).toHaveLength(1)
  },
)

interface Fields {
  deadline_ms?: number
}

test.each([
  ['without a session before its first list', { type: 'step', id: 9, actions: [], session_id: '?' }],
  ['of a session that is not there', { type: 'step', id: 9, session_id: 'another', actions: [] }],
  ['with an id that is none', { type: 'step', id: -1, actions: [] }],
])('a step %s is read', async (_, message) => {
  const { client, session_id } = await crowded({ crowded: true })
  client.send({ type: 'step', id: 1, session_id, actions: [] })
  const known = 'session_id' in message && message.session_id === '?' ? { ...message, session_id } : message
  client.send(known)
  expect((await client.next()).id).toBe(1)
  expect((await client.next()).id).toBe(message.id === -1 ? null : 9)
})

test('another owner, another model and a later time are not held', async () => {
  const crowds = new Crowds()
  expect(crowds.any).toBe(false)
  crowds.found('me', 'digest', full({ crowded: true }))
  expect([crowds.any, crowds.refusalOf('me', 'digest', FRAME) !== undefined]).toEqual([true, true])
  expect([crowds.refusalOf('you', 'digest', FRAME), crowds.refusalOf('me', 'other', FRAME)]).toEqual([
    undefined,
    undefined,
  ])
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(crowds.refusalOf('me', 'digest', FRAME)).toBeUndefined()
  expect(crowds.any).toBe(false)
})

test('a deadline is told apart from one that begins like it', () => {
  const crowds = new Crowds(60_000)
  crowds.found('me', 'digest', full({}), 250)
  const text = (fields: object) => Buffer.from(JSON.stringify({ type: 'step', ...fields }))
  const held = (fields: object) =>
    crowds.refusalOf('me', 'digest', { data: text(fields), binary: false }) !== undefined
  const deadlines = [250, 25, 2500, 250.5]
  expect(deadlines.map((deadline_ms) => held({ deadline_ms }))).toEqual([true, false, false, false])
  expect(deadlines.map((deadline_ms) => held({ deadline_ms, last: 1 }))).toEqual([true, false, false, false])
})
