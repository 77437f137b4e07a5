// Sessions, streamed rollouts and keys over REST, against the real app.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { DimaClient } from '../../src/client/client.ts'
import { ConnectionError, ProblemError } from '../../src/client/errors.ts'
import type { StreamedPart } from '../../src/client/types.ts'
import { digestOf } from '../../src/server/auth/keys.ts'
import { joint, listen, start } from './fixture.ts'

const clientOf = async (options = {}) => new DimaClient(`http://127.0.0.1:${await listen()}/`, options)

test('a session from its beginning to its end', async () => {
  const { sessions } = await clientOf()
  const { session_id: id, state } = await sessions.create({ seed: 1, start: start(2) })
  expect(state).toEqual([2, 2, 2, 2])
  const step = await sessions.step(id, { actions: joint(), step_id: 1 })
  expect(step).toMatchObject({ session_id: id, committed_step_id: 1 })
  const again = await sessions.step(id, { actions: joint(), step_id: 1 })
  expect(again.state).toEqual(step.state)
  const { snapshot } = await sessions.snapshot(id)
  const [child] = await sessions.fork(id)
  const restored = await sessions.restore(snapshot)
  expect([child!.state, restored.state]).toEqual([step.state, step.state])
  const many = await sessions.stepMany({ session_ids: [id, child!.session_id], actions: [joint(), joint()] })
  expect(many.states[0]).toEqual(many.states[1])
  expect((await sessions.reset(id, { start: start(3) })).state).toEqual([3, 3, 3, 3])
  expect((await sessions.get(id)).committed_step_id).toBe(2)
  await sessions.close(id)
  await expect(sessions.get(id)).rejects.toMatchObject({ problem: { code: 'session_closed' } })
})

test('a streamed rollout is a loop over its steps', async () => {
  const client = await clientOf()
  const parts: StreamedPart[] = []
  for await (const part of client.rolloutStream({
    starts: [start()],
    actions: [[joint(), joint(), joint()]],
  }))
    parts.push(part)
  expect(parts.map(({ type }) => type)).toEqual(['start', 'step', 'step', 'step', 'end'])
})

test('a streamed rollout can be left, and can be refused', async () => {
  const client = await clientOf()
  const actions = [Array.from({ length: 15 }, () => joint())]
  for await (const { type } of client.rolloutStream({ starts: [start()], actions }))
    if (type === 'step') break
  const refused = client.rolloutStream({ starts: [start()], actions: [] })
  await expect(refused.next()).rejects.toBeInstanceOf(ProblemError)
})

test('an error in the middle of a stream is thrown', async () => {
  const lines = [
    '{"type":"start"}',
    '{"type":"error","problem":{"code":"executor_failed","detail":"gone"}}',
    '',
  ]
  const fetch = async () => new Response(lines.join('\n'))
  const parts = new DimaClient('http://dima.test', { fetch }).rolloutStream({ starts: [] })
  expect((await parts.next()).value).toEqual({ type: 'start' })
  await expect(parts.next()).rejects.toMatchObject({ problem: { code: 'executor_failed' } })
})

test('a stream that breaks off is an error, not an end', async () => {
  const fetch = async () => new Response('{"type":"start"}\n{"type":"st')
  const parts = new DimaClient('http://dima.test', { fetch }).rolloutStream({ starts: [] })
  await parts.next()
  await expect(parts.next()).rejects.toBeInstanceOf(ConnectionError)
})

test('the key goes along', async () => {
  const sha256 = digestOf('dima_right').toString('hex')
  const key = { id: 'ann', sha256, scopes: ['session' as const] }
  const ring = [{ key, digest: Buffer.from(sha256, 'hex'), expiresAt: Number.POSITIVE_INFINITY }]
  const url = `http://127.0.0.1:${await listen({ keys: { ring: () => ring } })}`
  const good = new DimaClient(url, { apiKey: 'dima_right' })
  expect((await good.sessions.create()).committed_step_id).toBe(0)
  const bad = new DimaClient(url, { apiKey: 'dima_wrong' })
  await expect(bad.sessions.create()).rejects.toMatchObject({ problem: { code: 'unauthenticated' } })
})

test('whoever answers in the place of the server is told apart from it', async () => {
  const server = createServer((_, reply) => reply.writeHead(502).end('<h1>Bad gateway</h1>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const client = new DimaClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await expect(client.models()).rejects.toMatchObject({ name: 'ConnectionError', code: 502 })
})

test("the model's policy acts on observations, and in steps", async () => {
  const client = await clientOf()
  const seen = Array(6).fill(0.5)
  const one = await client.act({ observations: { front: seen, back: seen }, seed: 1 })
  const many = await client.act({ observations: { front: [seen, seen], back: [seen, seen] }, seed: 1 })
  expect(many.actions.front[0]).toEqual(one.actions.front)
  const { session_id: id } = await client.sessions.create({ seed: 1 })
  const step = await client.sessions.step(id, { policy: { mode: 'mean' } })
  expect(Object.keys(step.actions!)).toEqual(['front', 'back'])
  const some = { actions: { front: [0.5, 0.5, 0.5] }, policy: { agents: ['back'] } }
  expect((await client.sessions.step(id, some)).actions!.front).toEqual([0.5, 0.5, 0.5])
  const rows = { session_ids: [id], policy: {} }
  expect((await client.sessions.stepMany(rows)).actions!.back).toHaveLength(1)
})
