// Real sessions over the socket: every reply has the schema that the AsyncAPI document promises.
import Value from 'typebox/value'
import { expect, test } from 'vitest'
import {
  OPERATION_NAMES,
  type Operation,
  replySchema,
  requestSchema,
  StreamEvent,
} from '../../../src/api/stream.ts'
import { OPERATION } from '../../../src/server/operations/table.ts'
import { A, N } from '../../registry/fixture.ts'
import { actionsOf, goodRequest } from '../fixture.ts'
import { type Client, connected, startServer } from './fixture.ts'

const real = () => startServer({ operations: OPERATION })

/** Checks request and reply against their schemas. */
async function ask(client: Client, type: Operation, fields: object) {
  const request = { type, id: type, ...fields }
  expect(Value.Errors(requestSchema(type), request), type).toEqual([])
  client.send(request)
  const reply = await client.next()
  expect(Value.Errors(replySchema(type), reply), JSON.stringify(reply).slice(0, 300)).toEqual([])
  return reply
}

const actions = actionsOf(1, 1)[0]![0]! // [N, A]

test('a session from its first to its last message', async () => {
  const client = await connected(await real())
  const { session_id, state } = await ask(client, 'create', { seed: 1, model: 'tiny' })
  const step = await ask(client, 'step', { session_id, actions })
  expect(step).toMatchObject({ session_id, step_id: 1, committed_step_id: 1, episode_step: 1 })
  const { snapshot } = await ask(client, 'snapshot', { session_id })
  const { sessions } = await ask(client, 'fork', { session_id, count: 2 })
  const session_ids = [session_id, sessions[0].session_id]
  const many = await ask(client, 'step_many', { session_ids, actions: [actions, actions] })
  expect(many).toMatchObject({ session_ids, step_ids: [2, 2], errors: [] })
  const restored = await ask(client, 'restore', { snapshot })
  expect(restored.state).toEqual(step.state)
  const reset = await ask(client, 'reset', { session_id, seed: 1 })
  expect(reset).toMatchObject({ state, episode_step: 0, committed_step_id: 2 })
  expect((await ask(client, 'get', { session_id })).state).toEqual(state)
  await ask(client, 'close', { session_id })
  client.send({ type: 'step', id: 1, session_id, actions })
  expect((await client.next()).problem.code).toBe('session_closed')
})

test('rollouts, whole and streamed', async () => {
  const client = await connected(await real())
  const whole = await ask(client, 'rollout', goodRequest())
  expect(whole.rewards).toHaveLength(2)
  client.send({ type: 'rollout_stream', id: 's', ...goodRequest() })
  const events = []
  let frame = await client.next()
  for (; frame.type === 'event'; frame = await client.next()) {
    expect(Value.Errors(StreamEvent, frame)).toEqual([])
    events.push(frame.event)
  }
  expect(events.map(({ type }) => type)).toEqual(['start', 'step', 'step', 'step', 'step'])
  expect(Value.Errors(replySchema('rollout_stream'), frame)).toEqual([])
})

test('in msgpack arrays are tensors, both ways', async () => {
  const client = await connected(await real())
  client.sendBinary({ type: 'create', id: 1 })
  const { session_id } = await client.next()
  const data = Buffer.from(Float32Array.from(actions.flat()).buffer)
  const tensor = { __ndarray__: true, dtype: '<f4', shape: [N, A], data }
  client.sendBinary({ type: 'step', id: 2, session_id, actions: tensor })
  const { state } = await client.next()
  expect(state).toMatchObject({ __ndarray__: true, dtype: '<f8', shape: [4] })
  client.sendBinary({ type: 'step', id: 'wrong', session_id, actions: { ...tensor, shape: [N, A, 2] } })
  expect(await client.next()).toMatchObject({ op: 'step', id: 'wrong', problem: { code: 'invalid_shape' } })
  client.send({ type: 'get', id: 3, session_id })
  expect((await client.next()).state).toEqual([...new Float64Array(new Uint8Array(state.data).buffer)])
})

test('many sessions on one socket, hundreds of steps in flight: each as if it were alone', async () => {
  const client = await connected(await real())
  const ids: string[] = []
  for (let i = 0; i < 30; i++) ids.push((await ask(client, 'create', { seed: i })).session_id)
  for (let t = 0; t < 10; t++)
    for (const [i, session_id] of ids.entries())
      client.send({ type: 'step', id: `${i}.${t}`, session_id, actions })
  const states = new Map<string, unknown>()
  for (let n = 0; n < 300; n++) {
    const { id, state } = await client.next()
    states.set(id, state)
  }
  const alone = await ask(client, 'create', { seed: 17 })
  for (let t = 0; t < 10; t++) {
    const { state } = await ask(client, 'step', { session_id: alone.session_id, actions })
    expect(state).toEqual(states.get(`17.${t}`))
  }
})

test('a session goes on by its id on another socket, and a repeated step is not taken twice', async () => {
  const server = await real()
  const first = await connected(server)
  const { session_id } = await ask(first, 'create', { seed: 3 })
  const step = await ask(first, 'step', { session_id, actions, step_id: 1 })
  first.socket.terminate() // as if the reply had never come
  const second = await connected(server)
  const again = await ask(second, 'step', { session_id, actions, step_id: 1 })
  expect({ ...again, timing: step.timing }).toEqual(step)
  expect(await ask(second, 'step', { session_id, actions, step_id: 2 })).toMatchObject({
    committed_step_id: 2,
  })
})

test('there is an operation for every message type', () => {
  expect(new Set([...Object.keys(OPERATION), 'cancel'])).toEqual(new Set(OPERATION_NAMES))
})
