// What requests cost in imagined steps, over REST and over the socket: every limit is so low that nothing comes back
// while a test runs.
import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { DimaError } from '../../src/common/errors.ts'
import { A, N } from '../registry/fixture.ts'
import { actionsOf, fakeRunner, problemOf, rollout, startOf } from './fixture.ts'
import { created, liveApp, send } from './live-app.ts'

const BURST = 1000
const limited = (change: Parameters<typeof liveApp>[0] = {}, limits: Parameters<typeof liveApp>[1] = {}) =>
  liveApp({ ...change, config: { MAX_BATCH: 64, RATE_LIMIT: 0.001, RATE_BURST: BURST } }, limits)

/** What is left, as another request is told; it costs one itself. */
async function left(app: FastifyInstance): Promise<number> {
  const { headers } = await app.inject({ url: '/v1/models' })
  expect(headers['ratelimit-limit']).toBe(`${BURST}`)
  return Number(headers['ratelimit-remaining'])
}

/** Units that `work` costs. */
async function costOf(app: FastifyInstance, work: () => PromiseLike<unknown>): Promise<number> {
  const before = await left(app)
  await work()
  return before - (await left(app)) - 1
}

const joint = Array.from({ length: N }, () => Array(A).fill(0.1))

test('a rollout costs rows times samples times steps', async () => {
  const app = limited()
  const body = { starts: [startOf(1)], actions: actionsOf(3, 4), seed: 1 }
  expect(await costOf(app, () => rollout(app, body))).toBe(3 * 4)
  expect(await costOf(app, () => rollout(app, { ...body, samples: 5 }))).toBe(3 * 5 * 4)
  expect(await costOf(app, () => rollout(app, { ...body, actions: [] }))).toBe(1) // refused
})

test('a streamed rollout costs the same, and what is not imagined is given back', async () => {
  const body = { starts: [startOf(1)], actions: actionsOf(2, 30), seed: 1 }
  const stream = (app: FastifyInstance) => rollout(app, body, '/v1/rollout/stream')
  const app = limited()
  expect(await costOf(app, () => stream(app))).toBe(2 * 30)
  let steps = 0
  const failing = limited({
    runner: {
      ...fakeRunner,
      step: (...asked) => {
        if (++steps > 2 * 10) throw new DimaError('executor_failed', 'it died')
        return fakeRunner.step(...asked)
      },
    },
  })
  expect(await costOf(failing, () => stream(failing))).toBe(2 * 10)
})

test('a step costs one, a step of k sessions k, and k forks k', async () => {
  const app = limited()
  const id = await created(app)
  expect(await costOf(app, () => send(app, `/v1/sessions/${id}/step`, { actions: joint }))).toBe(1)
  expect(await costOf(app, () => send(app, `/v1/sessions/${id}/fork`, { count: 5 }))).toBe(5)
  const ids = [id, await created(app), await created(app)].slice(0, 3)
  const many = { session_ids: ids, actions: ids.map(() => joint) }
  expect(await costOf(app, () => send(app, '/v1/sessions/step', many))).toBe(3)
  expect(await costOf(app, () => send(app, '/v1/sessions', { seed: 1 }))).toBe(1)
  expect(await costOf(app, () => send(app, `/v1/sessions/${id}/snapshot`))).toBe(1)
})

test('what the server has no room for is given back', async () => {
  const full = () => Promise.reject(new DimaError('overloaded', 'too much work is waiting'))
  const app = limited({ runner: { ...fakeRunner, rollout: full, step: full } }, { capacity: 4 })
  const body = { starts: [startOf(1)], actions: actionsOf(3, 4), seed: 1 }
  expect(await costOf(app, () => rollout(app, body))).toBe(1)
  const id = await created(app)
  expect(await costOf(app, () => send(app, `/v1/sessions/${id}/fork`, { count: 50 }))).toBe(1)
  const ids = [id, await created(app), await created(app)]
  const many = { session_ids: ids, actions: ids.map(() => joint) }
  expect(await costOf(app, () => send(app, '/v1/sessions/step', many))).toBe(1)
})

test('nothing is computed for a key that has used up its allowance', async () => {
  let computed = 0
  const counting = {
    ...fakeRunner,
    rollout: (...asked: Parameters<typeof fakeRunner.rollout>) => {
      computed++
      return fakeRunner.rollout(...asked)
    },
  }
  const app = liveApp({ runner: counting, config: { MAX_BATCH: 64, RATE_LIMIT: 1, RATE_BURST: 100 } })
  const body = { starts: [startOf(1)], actions: actionsOf(60, 4), seed: 1 }
  expect((await rollout(app, body)).statusCode).toBe(200) // 240 of 100: into debt
  const refused = await rollout(app, body)
  problemOf(refused, 429, 'rate_limited')
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(130)
  expect(computed).toBe(1)
})

test('the socket charges the same', async () => {
  const app = limited()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/stream`)
  const answers: { type: string; id?: number }[] = []
  socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString())))
  await new Promise((resolve) => socket.once('open', resolve))
  const ask = async (id: number, message: object) => {
    socket.send(JSON.stringify({ id, ...message }))
    await expect
      .poll(() => answers.find((answer) => answer.id === id && answer.type !== 'event'))
      .toBeDefined()
  }
  const body = { starts: [startOf(1)], actions: actionsOf(3, 4), seed: 1 }
  expect(await costOf(app, () => ask(1, { type: 'rollout', ...body }))).toBe(12)
  expect(await costOf(app, () => ask(2, { type: 'rollout_stream', ...body }))).toBe(12)
  expect(await costOf(app, () => ask(3, { type: 'create', seed: 1 }))).toBe(1)
  socket.terminate()
})
