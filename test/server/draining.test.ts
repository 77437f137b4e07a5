// The end of a server, as its clients see it over HTTP.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import type { Runner } from '../../src/inference/runner.ts'
import { fakeRunner, goodRequest, testApp } from './fixture.ts'
import { created, liveApp } from './live-app.ts'

const portOf = (app: FastifyInstance) => (app.server.address() as AddressInfo).port

/** On a connection of its own. */
function ask(port: number, method: string, path: string, body?: object): Promise<IncomingMessage> {
  const headers = body ? { 'content-type': 'application/json' } : {}
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', agent: false, method, path, headers }, resolve)
    request.on('error', reject)
    request.end(body && JSON.stringify(body))
  })
}

const answerOf = async (reply: IncomingMessage) => {
  const { code, status } = JSON.parse(await text(reply))
  return { code, status, retryAfter: reply.headers['retry-after'] }
}

/** A runner whose rollouts wait until they may go on. */
function slow() {
  let go = () => {}
  const free = new Promise<void>((resolve) => (go = resolve))
  let begun = () => {}
  const asked = new Promise<void>((resolve) => (begun = resolve))
  const wait = async () => {
    begun()
    await free
  }
  const runner: Runner = {
    ...fakeRunner,
    rollout: (...given) => wait().then(() => fakeRunner.rollout(...given)),
    step: (...given) => wait().then(() => fakeRunner.step(...given)),
  }
  return { runner, asked, go }
}

const listening = async (app: FastifyInstance): Promise<number> => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return portOf(app)
}

test('running work is finished; meanwhile nothing new begins, and probes and snapshots are answered', async () => {
  const { runner, asked, go } = slow()
  const app = liveApp({ runner })
  const port = await listening(app)
  const session = await created(app)
  const running = ask(port, 'POST', '/v1/rollout', goodRequest())
  await asked
  const late = httpRequest({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/v1/rollout',
    headers: { 'content-type': 'application/json' },
  })
  late.write('{"plan":') // its body ends after the signal
  const lateReply = new Promise<IncomingMessage>((resolve) => late.once('response', resolve))
  expect((await ask(port, 'GET', '/healthz/proxy')).statusCode).toBe(200) // the late one is on its way by then
  const closed = app.close()
  const refused = { code: 'draining', status: 503, retryAfter: '10' }
  expect(await answerOf(await ask(port, 'GET', '/v2/health/ready'))).toEqual(refused)
  expect((await ask(port, 'GET', '/healthz/proxy')).statusCode).toBe(404) // to HAProxy: nothing new, cut nothing
  expect(await answerOf(await ask(port, 'POST', '/v1/rollout', goodRequest()))).toEqual(refused)
  expect(await answerOf(await ask(port, 'POST', '/v1/sessions', {}))).toEqual(refused)
  expect(await answerOf(await ask(port, 'POST', `/v1/sessions/${session}/step`, {}))).toEqual(refused)
  expect((await ask(port, 'GET', '/v2/health/live')).statusCode).toBe(200)
  expect((await ask(port, 'POST', `/v1/sessions/${session}/snapshot`)).statusCode).toBe(200)
  late.end('"joint"}')
  expect(await answerOf(await lateReply)).toEqual(refused)
  go()
  expect((await running).statusCode).toBe(200)
  await closed
})

test('what is left at the limit is told: a stream its last line, a rollout its reply', async () => {
  let steps = 0
  const runner: Runner = {
    ...fakeRunner,
    rollout: () => new Promise<never>(() => {}),
    step: (...given) => (++steps > 6 ? new Promise<never>(() => {}) : fakeRunner.step(...given)),
  }
  const app = testApp({ runner, config: { DRAIN_SECONDS: 0.1, MAX_STREAM_HORIZON: 100 } })
  const port = await listening(app)
  const whole = ask(port, 'POST', '/v1/rollout', goodRequest())
  const stream = await ask(port, 'POST', '/v1/rollout/stream', goodRequest())
  const lines = text(stream)
  const closed = app.close()
  expect(await answerOf(await whole)).toMatchObject({ code: 'draining', status: 503, retryAfter: '1' })
  const told = (await lines)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(told[0]).toMatchObject({ type: 'start' })
  expect(told.at(-1)).toMatchObject({ type: 'error', problem: { code: 'draining', retry_after_ms: 1000 } })
  await closed
})

test('half requests and silent connections hold nothing up', async () => {
  const app = testApp({ config: { DRAIN_SECONDS: 3600 } })
  const port = await listening(app)
  const half = [
    '',
    'POST /v1/rollout HTTP/1.1\r\nHost: localhost\r\n',
    'POST /v1/rollout HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
  ].map(async (text) => {
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {})
    socket.resume()
    const gone = new Promise((resolve) => socket.once('close', resolve))
    await new Promise<void>((resolve) => socket.once('connect', resolve))
    socket.write(text)
    return { gone }
  })
  const connected = await Promise.all(half)
  await ask(port, 'GET', '/healthz')
  await app.close()
  await Promise.all(connected.map(({ gone }) => gone))
})
