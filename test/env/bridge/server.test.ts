// The reference server: the order of things, who may come in, and what happens when somebody leaves.
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import type { ServedVectorEnv } from '../../../src/env/bridge/served-env.ts'
import { serveBridge } from '../../../src/env/bridge/server.ts'
import { array, type Message } from './fake-server.ts'
import { RawClient } from './raw-client.ts'
import { connect, makeToys, serve, servedAs, serveToys, toySpec, toys } from './served.ts'

const make = { type: 'make', id: 1, env: 'Toy-v0', num_envs: 3 }
const step = (id: number): Message => ({
  type: 'step',
  id,
  actions: { left: array('<f8', [3, 1]), right: array('<f8', [3, 2]) },
})

test('says hello, then what it makes', async () => {
  const url = await serveToys('same_step')
  const client = await RawClient.open(url)
  const space = {
    dtype: 'float64',
    low: -4,
    high: 4,
    names: ['position', 'is_left'],
    shape: [2],
    units: ['m', '1'],
  }
  expect(await client.ask(make)).toEqual({
    type: 'made',
    id: 1,
    session: '1',
    env: 'Toy-v0',
    num_envs: 3,
    possible_agents: ['left', 'right'],
    obs_spaces: { left: space, right: space },
    act_spaces: {
      left: { shape: [1], dtype: 'float64', low: -1, high: 1, names: ['push'], units: ['1'] },
      right: { shape: [2], dtype: 'float64', low: -1, high: 1, names: ['push', 'brake'], units: ['1', '1'] },
    },
    state_space: { shape: [1], dtype: 'float64', low: -4, high: 4, names: ['position'], units: ['m'] },
    reward: 'per_agent',
    max_steps: 6,
    autoreset: 'same_step',
    subset_reset: true,
    deterministic: true,
    dt: 0.1,
  })
})

test('the order of things', async () => {
  const client = await RawClient.open(await serveToys('disabled'))
  const refusal = (re: number, code: string) => ({
    type: 'error',
    re,
    code,
    message: expect.any(String),
    fatal: false,
  })
  expect(await client.ask(step(1))).toEqual(refusal(1, 'not_made'))
  expect(await client.ask({ type: 'reset', id: 1 })).toEqual(refusal(1, 'not_made'))
  expect(await client.ask(make)).toMatchObject({ type: 'made' })
  expect(await client.ask({ ...make, id: 2 })).toEqual(refusal(2, 'already_made'))
  expect(await client.ask(step(3))).toEqual(refusal(3, 'no_episode'))
  expect(await client.ask({ type: 'render', id: 4 })).toEqual(refusal(4, 'unsupported'))
  expect(await client.ask({ type: 'reset', id: 5 })).toMatchObject({ type: 'reset_ok', id: 5 })
  expect(await client.ask(step(2 ** 32 - 1))).toMatchObject({ type: 'step_ok', id: 2 ** 32 - 1 })
  expect(await client.ask({ type: 'close', id: 0 })).toEqual({ type: 'closed', id: 0 })
  expect(await client.closed).toBe(1000)
})

test('requests that are sent together are answered in their order', async () => {
  const client = await RawClient.open(await serveToys('next_step'))
  client.send(make)
  client.send({ type: 'reset', id: 2, seed: 1 })
  for (let id = 3; id < 60; id++) client.send(step(id))
  for (let id = 1; id < 60; id++) expect(await client.next()).toMatchObject({ id })
})

test('a session is of one socket', async () => {
  const url = await serveToys('disabled')
  const [one, other] = [await connect(url, { numEnvs: 1 }), await connect(url, { numEnvs: 2 })]
  const start = await one.reset({ seed: 1 })
  await other.reset({ seed: 1 })
  for (let i = 0; i < 3; i++) await other.step({ left: [1, 1], right: [0, 0, 0, 0] })
  expect(await one.reset({ mask: [0] })).toEqual(start)
})

/** A promise and what settles it. */
function signal<T>() {
  let give!: (value: T) => void
  const given = new Promise<T>((resolve) => {
    give = resolve
  })
  return { given, give }
}

/** An environment whose steps wait; `closed` tells whether one was still running when it was closed. */
function slowToys() {
  const env = servedAs(toys('next_step'), toySpec)
  const [stepping, release, closed] = [signal<void>(), signal<void>(), signal<{ running: boolean }>()]
  const inner = env.step.bind(env)
  let running = false
  env.step = async (actions) => {
    running = true
    stepping.give()
    await release.given
    running = false
    return inner(actions)
  }
  env.close = async () => closed.give({ running })
  return { env, stepping: stepping.given, release: release.give, closed: closed.given }
}

test('when a socket dies in the middle of a step, the environment is closed after it', async () => {
  const { env, stepping, release, closed } = slowToys()
  const client = await RawClient.open(await serve({ make: () => Promise.resolve(env) }))
  await client.ask(make)
  await client.ask({ type: 'reset', id: 2 })
  for (const id of [3, 4, 5]) client.send(step(id))
  await stepping
  client.socket.terminate()
  await client.closed
  release()
  expect(await closed).toEqual({ running: false })
})

test('when a socket dies while its environment is made, that is closed', async () => {
  const { env, closed } = slowToys()
  const [asked, go] = [signal<void>(), signal<ServedVectorEnv>()]
  const url = await serve({
    make: () => {
      asked.give()
      return go.given
    },
  })
  const client = await RawClient.open(url)
  client.send(make)
  await asked.given
  client.socket.terminate()
  await client.closed
  go.give(env)
  expect(await closed).toEqual({ running: false })
})

test('a server that closes says goodbye and closes the environments', async () => {
  const { env, closed } = slowToys()
  const server = await serveBridge({ make: () => Promise.resolve(env) })
  const client = await RawClient.open(server.url)
  await client.ask(make)
  await server.close()
  expect(await client.closed).toBe(1001)
  expect(await closed).toEqual({ running: false })
  await expect(RawClient.open(server.url)).rejects.toThrow(/ECONNREFUSED/)
})

test('what an environment fails at is told without its inside; the session goes on', async () => {
  const logged: unknown[] = []
  const env = servedAs(toys('next_step'), toySpec)
  const failures = [
    new Error('/etc/passwd is not readable'),
    new DimaError('simulation_failed', 'the physics became unstable in copy 1'),
    new DimaError('invalid_bundle', 'in /srv/models'),
  ]
  const inner = env.step.bind(env)
  env.step = async (actions) => {
    const failure = failures.shift()
    if (failure) throw failure
    return inner(actions)
  }
  const url = await serve({ make: () => Promise.resolve(env), log: (error) => logged.push(error) })
  const client = await RawClient.open(url)
  await client.ask(make)
  await client.ask({ type: 'reset', id: 2 })
  const internal = {
    type: 'error',
    code: 'internal',
    message: expect.not.stringMatching(/etc|srv/),
    fatal: false,
  }
  expect(await client.ask(step(3))).toEqual({ ...internal, re: 3 })
  expect(await client.ask(step(4))).toMatchObject({
    re: 4,
    code: 'env_failed',
    message: 'the physics became unstable in copy 1',
  })
  expect(await client.ask(step(5))).toEqual({ ...internal, re: 5 })
  expect(await client.ask(step(6))).toMatchObject({ type: 'step_ok' })
  expect(logged).toMatchObject([{ message: '/etc/passwd is not readable' }, { code: 'invalid_bundle' }])
})

test('options and seed reach whoever makes the environment; another attempt may follow a failed one', async () => {
  const asked: unknown[] = []
  const url = await serve({
    make: async (env, options) => {
      asked.push([env, options])
      if (asked.length === 1) throw new DimaError('invalid_request', 'no such option', { field: 'options' })
      return makeToys('disabled')(env, options)
    },
  })
  const client = await RawClient.open(url)
  const full = { ...make, seed: 5, options: { size: [1, 2], deep: { a: null, b: 1 } } }
  expect(await client.ask(full)).toMatchObject({ code: 'invalid_request', message: 'no such option' })
  expect(await client.ask({ ...make, id: 2, options: null })).toMatchObject({ type: 'made' })
  expect(asked).toEqual([
    ['Toy-v0', { numEnvs: 3, seed: 5, options: { size: [1, 2], deep: { b: 1 } } }],
    ['Toy-v0', { numEnvs: 3, options: {} }],
  ])
})

test('health, and nothing else over HTTP', async () => {
  const url = (await serveToys('disabled', { token: 'secret' })).replace('ws:', 'http:')
  expect(await fetch(`${url}/healthz`).then(({ status }) => status)).toBe(200)
  expect(await fetch(`${url}/`).then(({ status }) => status)).toBe(404)
  expect(await fetch(`${url}/healthz/../etc/passwd`).then(({ status }) => status)).toBe(404)
})

test.each<[what: string, headers: Record<string, string>, path: string, status: number]>([
  ['no token', {}, '/', 401],
  ['another token', { authorization: 'Bearer secret!' }, '/', 401],
  ['the bare token', { authorization: 'secret' }, '/', 401],
  ['a web page', { authorization: 'Bearer secret', origin: 'http://localhost' }, '/', 403],
  ['another path', { authorization: 'Bearer secret' }, '/stream', 404],
])('lets nobody in with %s', async (_, headers, path, status) => {
  const url = await serveToys('disabled', { token: 'secret' })
  await expect(RawClient.open(url + path, headers)).rejects.toThrow(`Unexpected server response: ${status}`)
})

test('lets those in who have the token', async () => {
  const url = await serveToys('disabled', { token: 'secret' })
  expect((await connect(url, { numEnvs: 1, token: 'secret' })).spec.name).toBe('Toy-v0')
})

test('has so many sessions and no more; one that ends makes room', async () => {
  const url = await serveToys('disabled', { maxSessions: 2 })
  const [one] = [await RawClient.open(url), await RawClient.open(url)]
  await expect(RawClient.open(url)).rejects.toThrow(/503/)
  await one!.ask({ type: 'close', id: 1 })
  await one!.closed
  await expect.poll(() => RawClient.open(url).then(() => 'open', String), { timeout: 30_000 }).toBe('open')
})

test('an address that others can reach needs a token', async () => {
  await expect(serveBridge({ host: '0.0.0.0', make: makeToys('disabled') })).rejects.toMatchObject({
    code: 'invalid_config',
    details: { field: 'token' },
  })
  const server = await serveBridge({ host: '0.0.0.0', token: 'secret', make: makeToys('disabled') })
  await server.close()
})

test('a port that is taken', async () => {
  const port = Number(new URL(await serveToys('disabled')).port)
  await expect(serveBridge({ port, make: makeToys('disabled') })).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('EADDRINUSE'),
  })
})

test('a client that never reads its answers holds up nobody, and its environment is closed', async () => {
  const { env, release, closed } = slowToys()
  release()
  const url = await serve({
    make: (name, options) =>
      options.seed === 1 ? Promise.resolve(env) : makeToys('disabled')(name, options),
  })
  const deaf = await RawClient.open(url)
  await deaf.ask({ ...make, seed: 1 })
  deaf.socket.pause()
  for (let id = 2; id < 5000; id++) deaf.send({ type: 'reset', id })
  const client = await connect(url, { numEnvs: 3 })
  await client.reset()
  deaf.socket.terminate()
  expect(await closed).toEqual({ running: false })
})

test('sockets that send bytes instead of frames end, and the server goes on', async () => {
  const url = await serveToys('disabled')
  const { hostname, port } = new URL(url)
  for (const bytes of [
    'nonsense\r\n\r\n',
    'GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
  ]) {
    const socket = connectTcp(Number(port), hostname)
    socket.end(bytes)
    socket.resume()
    await once(socket, 'close')
  }
  expect((await connect(url, { numEnvs: 1 })).numEnvs).toBe(1)
})
