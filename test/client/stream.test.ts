// The client of the socket against the real app: sessions as objects, lost connections, refusals.
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import WebSocket from 'ws'
import type { ExchangeOptions } from '../../src/client/exchange.ts'
import { DimaStream } from '../../src/client/stream.ts'
import type { StreamedPart } from '../../src/client/types.ts'
import { DimaError } from '../../src/common/errors.ts'
import type { Runner } from '../../src/inference/runner.ts'
import { digestOf } from '../../src/server/auth/keys.ts'
import { aborted } from '../server/aborted.ts'
import { fakeRunner } from '../server/fixture.ts'
import { joint, lineTo, listen, start } from './fixture.ts'

async function open(port: number, options: ExchangeOptions = {}): Promise<DimaStream> {
  const stream = await DimaStream.connect(`http://127.0.0.1:${port}`, { WebSocket, ...options })
  onTestFinished(() => stream.close())
  return stream
}

const until = async (met: () => boolean): Promise<void> => {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('five lines to the first joint step', async () => {
  const stream = await open(await listen())
  const session = await stream.create({ seed: 1 })
  const reply = await session.step({ front: [0, 0, 0], back: [0, 0, 0] })
  expect(reply).toMatchObject({ session_id: session.id, committed_step_id: 1 })
  expect(stream.metadata.models[0]!.name).toBe('tiny')
})

test('a session does what it does over REST', async () => {
  const stream = await open(await listen())
  const session = await stream.create({ start: start(2) })
  expect([session.state.state, session.agents]).toEqual([
    [2, 2, 2, 2],
    ['front', 'back'],
  ])
  const { state } = await session.step(joint())
  const { snapshot } = await session.snapshot()
  const [child, other] = await session.fork({ count: 2 })
  const restored = await stream.restore(snapshot)
  expect([child!.state.state, restored.state.state]).toEqual([state, state])
  const many = await stream.stepMany([child!, other!], [joint(), joint()])
  expect(many.step_ids).toEqual([2, 2])
  expect((await child!.step(joint())).step_id).toBe(3)
  expect((await session.reset({ start: start(3) })).state).toEqual([3, 3, 3, 3])
  expect((await session.step(joint())).step_id).toBe(2)
  expect((await stream.session(session.id)).state.committed_step_id).toBe(2)
  await session.close()
  await expect(session.step(joint())).rejects.toMatchObject({ problem: { code: 'session_closed' } })
})

test("the model's policy acts on observations, in steps and in streams", async () => {
  const stream = await open(await listen())
  const seen = Array(6).fill(0.5)
  const { actions } = await stream.act({ observations: { back: seen }, mode: 'mean' })
  expect([Object.keys(actions), actions.back.length]).toEqual([['back'], 3])
  const session = await stream.create({ seed: 1 })
  expect(Object.keys((await session.step(undefined, { policy: {} })).actions!)).toEqual(['front', 'back'])
  const mixed = await session.step({ front: [0, 0, 0] }, { policy: { agents: ['back'], mode: 'mean' } })
  expect(mixed.actions!.front).toEqual([0, 0, 0])
  expect((await stream.stepMany([session], undefined, { policy: {} })).actions!.front).toHaveLength(1)
  const parts: StreamedPart[] = []
  for await (const part of stream.rolloutStream({ starts: [start()], policy: {}, horizon: 2 }))
    parts.push(part)
  expect(parts[1]).toMatchObject({ type: 'step', actions: [expect.any(Array)] })
})

test('steps in flight are numbered; after a failure the numbers go on where the server is', async () => {
  const stream = await open(await listen())
  const session = await stream.create()
  const replies = await Promise.all([1, 2, 3].map((x) => session.step(joint(x / 10))))
  expect(replies.map(({ step_id }) => step_id)).toEqual([1, 2, 3])
  const results = await Promise.allSettled([session.step([[Number.NaN]]), session.step(joint())])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect((await session.step(joint())).step_id).toBe(4)
})

test('rollouts, whole and as a loop', async () => {
  const stream = await open(await listen())
  const request = { starts: [start()], actions: [[joint(), joint()]], seed: 1 }
  expect((await stream.rollout(request)).rewards![0]).toHaveLength(2)
  const parts: StreamedPart[] = []
  for await (const part of stream.rolloutStream(request)) parts.push(part)
  expect(parts.map(({ type }) => type)).toEqual(['start', 'step', 'step', 'end'])
  for await (const { type } of stream.rolloutStream(request)) if (type === 'start') break
  await expect(stream.rolloutStream({ starts: [] }).next()).rejects.toMatchObject({ name: 'ProblemError' })
})

test('a signal cancels what waits', async () => {
  const step: Runner['step'] = async (_, __, ___, options) => {
    await aborted(options!.signal!)
    throw new DimaError('canceled', 'dropped')
  }
  const stream = await open(await listen({ runner: { step } }))
  const session = await stream.create()
  const stop = new AbortController()
  const answer = session.step(joint(), { signal: stop.signal })
  stop.abort()
  await expect(answer).rejects.toMatchObject({ problem: { code: 'canceled' } })
  await expect(session.step(joint(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  })
})

test('an answer that is lost comes again over the next connection, and the step was taken once', async () => {
  let computed = 0
  const step: typeof fakeRunner.step = (...given) => {
    computed++
    return fakeRunner.step(...given)
  }
  const port = await listen({ runner: { step } })
  const line = await lineTo(port)
  const stream = await open(line.port)
  const session = await stream.create({ seed: 1 })
  await session.step(joint())
  line.mute()
  const answer = session.step(joint(0.5))
  await until(() => computed === 2)
  line.cut()
  expect((await answer).committed_step_id).toBe(2)
  expect([computed, line.connections]).toEqual([2, 2])
  const alone = await (await open(port)).create({ seed: 1 })
  await alone.step(joint())
  expect((await alone.step(joint(0.5))).state).toEqual((await answer).state)
  expect((await session.step(joint())).step_id).toBe(3)
})

test('what is asked while there is no connection waits for one', async () => {
  const line = await lineTo(await listen())
  const stream = await open(line.port)
  const session = await stream.create()
  line.refuse()
  line.mute()
  const lost = session.get()
  line.cut()
  line.refuse()
  await until(() => line.connections >= 3) // tried in vain
  const asked = stream.create()
  line.cut()
  expect((await lost).session_id).toBe(session.id)
  expect((await asked).state.committed_step_id).toBe(0)
})

test('what may not be done twice fails when its answer is lost', async () => {
  const line = await lineTo(await listen())
  const stream = await open(line.port)
  line.mute()
  const answer = stream.create()
  line.cut()
  await expect(answer).rejects.toMatchObject({
    name: 'ConnectionError',
    message: expect.stringContaining('create'),
  })
  await expect(stream.create()).resolves.toBeDefined()
})

test('in the end it gives up', async () => {
  const line = await lineTo(await listen())
  const stream = await open(line.port, { reconnectMs: 50 })
  const session = await stream.create()
  line.cut()
  line.refuse()
  await expect(session.get()).rejects.toMatchObject({ name: 'ConnectionError' })
  await expect(stream.create()).rejects.toMatchObject({ name: 'ConnectionError' })
})

test.each(['session_store', 'session_moved', 'draining', 'not_ready'] as const)(
  'a step that was answered with %s is sent again, and taken once',
  async (code) => {
    const refusals = [code, code].map((one) => new DimaError(one, 'for now'))
    const bring = () => {
      const refusal = refusals.pop()
      return refusal && Promise.reject(refusal)
    }
    const stream = await open(await listen({ sessions: { bring } }))
    const session = await stream.create()
    expect((await session.step(joint())).committed_step_id).toBe(1)
    expect(refusals).toEqual([])
  },
)

test('for how long is the limit of a lost connection; what names no session is not tried again', async () => {
  const loading = () => new DimaError('not_ready', 'for now')
  const bring = () => Promise.reject(loading())
  const rollout = () => Promise.reject(loading())
  const port = await listen({ sessions: { bring }, runner: { rollout } })
  const stream = await open(port, { reconnectMs: 100 })
  const session = await stream.create()
  await expect(session.step(joint())).rejects.toMatchObject({ problem: { code: 'not_ready' } })
  const patient = await open(port)
  const request = { starts: [start()], actions: [[joint()]], seed: 1 }
  await expect(patient.rollout(request)).rejects.toMatchObject({ problem: { code: 'not_ready' } })
})

test('without a server there is no stream', async () => {
  const port = await listen()
  await expect(open(port, { sendKey: 'header' })).resolves.toBeDefined()
  await expect(open(1)).rejects.toMatchObject({ name: 'ConnectionError' })
})

test('a message over the limit is not sent', async () => {
  const stream = await open(await listen({ config: { FRAME_LIMIT_BYTES: 2000 } }))
  await expect(stream.restore('x'.repeat(2000))).rejects.toBeInstanceOf(RangeError)
  await expect(stream.restore('ü'.repeat(1500))).rejects.toMatchObject({
    name: 'ConnectionError',
    code: 1009,
  })
})

test('after close nothing is asked', async () => {
  const stream = await open(await listen())
  const waiting = stream.create()
  stream.close()
  await expect(waiting).rejects.toMatchObject({ name: 'ConnectionError', code: 1000 })
  await expect(stream.create()).rejects.toMatchObject({ code: 1000 })
})

test.each(['header', 'subprotocol'] as const)('the key goes as a %s', async (sendKey) => {
  const sha256 = digestOf('dima_right').toString('hex')
  const key = { id: 'ann', sha256, scopes: ['session' as const] }
  const ring = [{ key, digest: Buffer.from(sha256, 'hex'), expiresAt: Number.POSITIVE_INFINITY }]
  const port = await listen({ keys: { ring: () => ring } })
  const stream = await open(port, { apiKey: 'dima_right', sendKey })
  expect((await stream.create()).state.committed_step_id).toBe(0)
  await expect(open(port, { apiKey: 'dima_wrong', sendKey })).rejects.toMatchObject({
    name: 'ConnectionError',
  })
})

describe('without a global WebSocket, as on Node 20', () => {
  beforeEach(() => void vi.stubGlobal('WebSocket', undefined))
  afterEach(() => void vi.unstubAllGlobals())

  test('it takes that of the package ws, also to connect again', async () => {
    const line = await lineTo(await listen())
    const stream = await open(line.port, { WebSocket: undefined })
    const session = await stream.create()
    line.cut()
    await until(() => line.connections >= 2)
    expect((await session.step(joint())).committed_step_id).toBe(1)
  })

  test('and without that package it says what is missing', async () => {
    vi.doMock('ws', () => Promise.reject(new Error('not installed')))
    const opening = DimaStream.connect('http://127.0.0.1:1')
    await expect(opening).rejects.toThrow('there is no global WebSocket here: install the package ws')
    vi.doUnmock('ws')
  })
})

test('with a global WebSocket it takes that', async () => {
  let constructed = 0
  class Counted extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given)
      constructed++
    }
  }
  vi.stubGlobal('WebSocket', Counted)
  onTestFinished(() => void vi.unstubAllGlobals())
  const stream = await open(await listen(), { WebSocket: undefined })
  expect([(await stream.create()).state.committed_step_id, constructed]).toEqual([0, 1])
})
