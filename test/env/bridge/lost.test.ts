// The other side is not there, goes away or falls silent: a typed error says where and at what, without the token, and
// nothing connects again.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectBridgeEnv } from '../../../src/env/bridge/bridge-env.ts'
import { BridgeVectorEnv } from '../../../src/env/bridge/bridge-vector-env.ts'
import { writeMessage } from '../../../src/env/bridge/write-message.ts'
import { array, fakeServer, type Message, spoil } from './fake-server.ts'
import { serveToys } from './served.ts'

const SECRET = 'a-secret-token'
const still = { a: [0, 0], b: [0, 0, 0, 0] }

const lost = (url: string, doing: string | RegExp) =>
  expect.objectContaining({
    code: 'bridge_lost',
    message: expect.stringMatching(doing),
    details: { field: 'url', given: url },
  })

async function failure(attempt: Promise<unknown>): Promise<Error> {
  const error = await attempt.then(
    () => new Error('it was accepted'),
    (refused: Error) => refused,
  )
  expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain(SECRET)
  return error
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('nobody listens', async () => {
  const server = createTcpServer()
  const url = await listening(server)
  server.close()
  await once(server, 'close')
  const error = await failure(BridgeVectorEnv.connect(url, { numEnvs: 1, token: SECRET }))
  expect(error).toEqual(lost(url, /waiting for the answer to hello: .*ECONNREFUSED/))
})

test('the url holds no secret when it is named', async () => {
  const url = await serveToys('disabled', { token: 'another' })
  const place = url.replace('ws://', '')
  const withSecrets = `ws://user:${SECRET}@${place}/?token=${SECRET}`
  const error = await failure(BridgeVectorEnv.connect(withSecrets, { numEnvs: 1 }))
  expect(error).toEqual(lost(`${url}/`, /hello: Unexpected server response: 404/))
})

test.each([
  ['no token', {}],
  ['another token', { token: `${SECRET}!` }],
])('%s', async (_, options) => {
  const url = await serveToys('disabled', { token: SECRET })
  const error = await failure(BridgeVectorEnv.connect(url, { numEnvs: 1, ...options }))
  expect(error.message).toMatch(/401/)
  expect(error).toEqual(lost(`${url}/`, /hello/))
})

test('a path that the server does not have', async () => {
  const url = await serveToys('disabled')
  const error = await failure(BridgeVectorEnv.connect(`${url}/elsewhere`, { numEnvs: 1 }))
  expect(error).toEqual(lost(`${url}/elsewhere`, /404/))
})

test('a server that speaks HTTP alone', async () => {
  const url = await listening(createServer((_, response) => void response.end('hello')))
  expect(await failure(BridgeVectorEnv.connect(url, { numEnvs: 1 }))).toEqual(lost(url, /200/))
})

test.each(['', 'nowhere', 'http://127.0.0.1:1', 'ws://127.0.0.1:1/#part', 'ws://'])(
  'the url %j is none',
  async (url) => {
    await expect(BridgeVectorEnv.connect(url, { numEnvs: 1 })).rejects.toMatchObject({
      code: 'invalid_config',
      details: { field: 'url' },
    })
  },
)

test('a token that no header can hold', async () => {
  const error = await failure(
    BridgeVectorEnv.connect('ws://127.0.0.1:1', { numEnvs: 1, token: `${SECRET}\n` }),
  )
  expect(error).toMatchObject({ code: 'invalid_config', details: { field: 'token' } })
})

test.each([
  ['never takes the socket up', () => listening(createTcpServer())],
  ['never says hello', async () => `${(await fakeServer(undefined, () => undefined)).url}/`],
])('a server that %s', async (_, start) => {
  const url = await start()
  const error = await failure(BridgeVectorEnv.connect(url, { numEnvs: 2, timeoutMs: 50 }))
  expect(error).toEqual(lost(url, /waiting for the answer to hello: there was no answer for 50 ms/))
})

test.each(['make', 'reset', 'step'])('a server that never answers %s', async (type) => {
  const { url, closed } = await fakeServer(spoil(type, () => undefined))
  const attempt = async () => {
    const env = await BridgeVectorEnv.connect(url, { numEnvs: 2, timeoutMs: 700 })
    await env.reset()
    await env.step(still)
  }
  expect(await failure(attempt())).toEqual(
    lost(`${url}/`, new RegExp(`waiting for the answer to ${type}: there was no answer for 700 ms`)),
  )
  expect(await closed).toBe(1006)
})

test('answers that come in time one after the other may take longer together', async () => {
  const { url } = await fakeServer((good, _, socket) => {
    if (good.type !== 'step_ok') return good
    setTimeout(() => socket.send(writeMessage(good)), 150)
    return undefined
  })
  const env = await BridgeVectorEnv.connect(url, { numEnvs: 2, timeoutMs: 1000 })
  await env.reset()
  const began = performance.now()
  await Promise.all(Array.from({ length: 10 }, () => env.step(still)))
  for (let i = 0; i < 10; i++) await env.step(still)
  expect(performance.now() - began).toBeGreaterThan(1000)
  await env.close()
})

test('silence while nothing is asked is no failure', async () => {
  const { url } = await fakeServer()
  const env = await BridgeVectorEnv.connect(url, { numEnvs: 2, timeoutMs: 700 })
  await env.reset()
  await new Promise((resolve) => setTimeout(resolve, 1000))
  await env.step(still)
  await env.close()
})

test('gone in the middle of a step: all that was asked fails, and what follows; nothing connects again', async () => {
  let connections = 0
  const { url } = await fakeServer(
    (good, { type }, socket) => {
      if (type === 'step') socket.terminate()
      return good
    },
    (good) => {
      connections++
      return good
    },
  )
  const env = await BridgeVectorEnv.connect(url, { numEnvs: 2 })
  await env.reset()
  const steps = await Promise.allSettled([env.step(still), env.step(still), env.reset()])
  const error = (steps[0] as PromiseRejectedResult).reason
  expect(error).toEqual(lost(`${url}/`, /waiting for the answer to step: .*(1006|ECONNRESET)/))
  for (const step of steps) expect(step).toMatchObject({ status: 'rejected', reason: error })
  await expect(env.step(still)).rejects.toBe(error)
  await expect(env.reset()).rejects.toBe(error)
  await env.close()
  await expect(env.reset()).rejects.toMatchObject({ code: 'environment_closed' })
  expect(connections).toBe(1)
})

test('gone between two requests', async () => {
  const { url } = await fakeServer((good, { type }, socket) => {
    if (type === 'reset') setTimeout(() => socket.close(1001, 'enough\u001b[2J'), 20)
    return good
  })
  const env = await BridgeVectorEnv.connect(url, { numEnvs: 2 })
  await env.reset()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const error = await failure(env.step(still))
  expect(error).toEqual(
    lost(`${url}/`, /while nothing was asked: the connection was closed, 1001 enough \[2J$/),
  )
  await env.close()
})

const single = ({ obs_spaces, act_spaces, ...good }: Message): Message => ({
  ...good,
  num_envs: 1,
  possible_agents: ['a'],
  obs_spaces: { a: obs_spaces.a },
  act_spaces: { a: act_spaces.a },
  state_space: null,
})

test('one copy: the episode is over when the other side is lost', async () => {
  const { url } = await fakeServer((good, { type }, socket) => {
    if (type === 'make') return single(good)
    if (type === 'step') socket.terminate()
    return { ...good, state: undefined, obs: { a: array('<f4', [1, 2]) } }
  })
  const env = await connectBridgeEnv(url)
  await env.reset()
  expect(env.agents).toEqual(['a'])
  await expect(env.step({ a: [0, 0] })).rejects.toMatchObject({ code: 'invalid_shape' })
  expect(env.agents).toEqual(['a'])
  await expect(env.step({ a: [0] })).rejects.toMatchObject({ code: 'bridge_lost' })
  expect(env.agents).toEqual([])
  await expect(env.step({ a: [0] })).rejects.toMatchObject({ code: 'no_episode' })
  await expect(env.reset()).rejects.toMatchObject({ code: 'bridge_lost' })
  await env.close()
})
