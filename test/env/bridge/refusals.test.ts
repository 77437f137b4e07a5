// What the client refuses to send, and what the server refuses to do.
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import { BridgeVectorEnv } from '../../../src/env/bridge/bridge-vector-env.ts'
import { array, fakeServer, type Message } from './fake-server.ts'
import { connect, serve, servedAs, serveToys, toySpec, toys } from './served.ts'

const still = { a: [0, 0], b: [0, 0, 0, 0] }

async function ready(declare: Message = {}) {
  const server = await fakeServer((good, { type }) => (type === 'make' ? { ...good, ...declare } : good))
  const env = await connect(server.url, { numEnvs: 2 })
  await env.reset()
  return { ...server, env }
}

test.each<[what: string, actions: Record<string, ArrayLike<number>>, code: string, field: string]>([
  ['an agent missing', { a: [0, 0] }, 'unknown_agent', 'b'],
  ['an agent too many', { ...still, c: [0] }, 'unknown_agent', 'c'],
  ['one copy alone', { ...still, a: [0] }, 'invalid_shape', 'a'],
  ['a number too many', { ...still, b: [0, 0, 0, 0, 0] }, 'invalid_shape', 'b'],
  ['NaN', { ...still, b: [0, 0, 0, Number.NaN] }, 'not_finite', 'b[1][1]'],
  ['Infinity', { ...still, a: Float64Array.of(Number.POSITIVE_INFINITY, 0) }, 'not_finite', 'a[0][0]'],
  ['a number that float32 does not hold', { ...still, a: [0, 1e39] }, 'not_finite', 'a[1][0]'],
])('an action with %s is not sent', async (_, actions, code, field) => {
  const { env, requests } = await ready()
  await expect(env.step(actions)).rejects.toMatchObject({ code, details: { field } })
  await env.step(still)
  expect(requests.map(({ type }) => type)).toEqual(['make', 'reset', 'step'])
})

test.each<[what: string, options: object, code: string, field: string]>([
  ['a mask for other copies', { mask: [1] }, 'invalid_shape', 'mask'],
  ['seeds for other copies', { seed: [1, 2, 3] }, 'invalid_shape', 'seed'],
  ['half a seed', { seed: 0.5 }, 'invalid_request', 'seed'],
  ['a negative seed', { seed: -1 }, 'invalid_request', 'seed'],
  ['a seed too large', { seed: 2 ** 53 }, 'invalid_request', 'seed'],
  ['a seed of a copy too large', { seed: [0, 2 ** 32] }, 'invalid_request', 'seed[1]'],
])('a reset with %s is not sent', async (_, options, code, field) => {
  const { env, requests } = await ready()
  await expect(env.reset(options)).rejects.toMatchObject({ code, details: { field } })
  expect(requests).toHaveLength(2)
})

test('a seed of make that is none is not sent', async () => {
  const { url, requests } = await fakeServer()
  await expect(BridgeVectorEnv.connect(url, { numEnvs: 2, seed: -1 })).rejects.toMatchObject({
    code: 'invalid_request',
    details: { field: 'seed' },
  })
  expect(requests).toEqual([])
})

test('what is sent', async () => {
  const { env, url, requests } = await ready()
  await env.reset({ mask: [0, 2], seed: 2 ** 40 })
  await env.reset({ mask: [1, 1], seed: [3, 4] })
  await env.step({ a: [0.5, 1], b: Float64Array.of(0, 1, 2, 0.1) })
  expect(requests.slice(2)).toEqual([
    { type: 'reset', id: 3, mask: array('|u1', [2], [0, 1]), seed: 2 ** 40 },
    { type: 'reset', id: 4, seed: array('<u4', [2], [3, 4]) },
    {
      type: 'step',
      id: 5,
      actions: { a: array('<f4', [2, 1], [0.5, 1]), b: array('<f8', [2, 2], [0, 1, 2, 0.1]) },
    },
  ])
  await connect(url, { env: 'Other', numEnvs: 2, seed: 7, options: { headless: true } })
  expect(requests.at(-1)).toEqual({
    type: 'make',
    id: 1,
    env: 'Other',
    num_envs: 2,
    seed: 7,
    options: { headless: true },
  })
  expect(requests[0]).toEqual({ type: 'make', id: 1, env: 'Fake', num_envs: 2 })
})

test('where all copies start together a mask of all is none, and one of some is not sent', async () => {
  const { env, requests } = await ready({ subset_reset: false })
  expect(env.subsetReset).toBe(false)
  await env.reset({ mask: [1, 1] })
  expect(requests.at(-1)).toEqual({ type: 'reset', id: 3 })
  await expect(env.reset({ mask: [1, 0] })).rejects.toMatchObject({
    code: 'invalid_request',
    details: { field: 'mask' },
  })
})

test('no step before the first reset of every copy', async () => {
  const { url, requests } = await fakeServer()
  const env = await connect(url, { numEnvs: 2 })
  await expect(env.step(still)).rejects.toMatchObject({ code: 'no_episode', details: { copies: [0, 1] } })
  const mask = [1, 0]
  const reset = env.reset({ mask })
  mask.fill(1)
  await reset
  await expect(env.step(still)).rejects.toMatchObject({ code: 'no_episode', details: { copies: [1] } })
  expect(requests).toHaveLength(2)
})

const refusing = (change: Message) =>
  fakeServer((good, { type, id }) =>
    type === 'step'
      ? { type: 'error', re: id, code: 'env_failed', message: 'it fell', fatal: false, ...change }
      : good,
  )

test('a refusal of the server has its code and its words; the session goes on unless it is fatal', async () => {
  const { url } = await refusing({})
  const env = await connect(url, { numEnvs: 2 })
  await env.reset()
  for (let i = 0; i < 2; i++)
    await expect(env.step(still)).rejects.toMatchObject({
      code: 'bridge_refused',
      message: `${url}/ refused step: it fell (env_failed)`,
      details: { field: 'step', given: 'env_failed' },
    })
  await env.reset()
})

test.each([
  ['a fatal refusal', { fatal: true }],
  ['a refusal of no request', { re: null }],
])('%s ends the connection', async (_, change) => {
  const { url, closed } = await refusing(change)
  const env = await connect(url, { numEnvs: 2 })
  await env.reset()
  const error: unknown = await env.step(still).catch((refused: unknown) => refused)
  expect(error).toMatchObject({ code: 'bridge_refused' })
  await expect(env.reset()).rejects.toBe(error)
  expect(await closed).toBe(1006)
})

test('a server that knows of an end which the client does not', async () => {
  const { url } = await refusing({ code: 'no_episode', message: 'copy 1 is over' })
  const env = await connect(url, { numEnvs: 2 })
  await env.reset()
  await expect(env.step(still)).rejects.toMatchObject({ code: 'no_episode', message: 'copy 1 is over' })
})

test.each<[what: string, change: Message, field: string]>([
  ['another request', { re: 99 }, 're'],
  ['no code', { code: undefined }, 'code'],
  ['no word on whether it is fatal', { fatal: 'no' }, 'fatal'],
])('a refusal with %s breaks the protocol', async (_, change, field) => {
  const { url } = await refusing(change)
  const env = await connect(url, { numEnvs: 2 })
  await env.reset()
  await expect(env.step(still)).rejects.toMatchObject({ code: 'bridge_protocol', details: { field } })
})

test('words of the server are shown without what a terminal would obey, and not without end', async () => {
  const { url } = await refusing({ code: 'x\u001b[2J', message: 'y\n'.repeat(10_000) })
  const env = await connect(url, { numEnvs: 2 })
  await env.reset()
  const error: DimaError = await env.step(still).catch((refused) => refused)
  expect(error.message).toMatch(/^[\u0020-\u007e…]{1,700}$/)
})

test('what a real server refuses', async () => {
  const url = await serve({
    maxEnvs: 8,
    make: (name, { numEnvs }) => {
      if (name === 'Toy-v0') return Promise.resolve(servedAs(toys('disabled', numEnvs), toySpec))
      throw new DimaError('unknown_task', `no task named ${name}`)
    },
  })
  await expect(BridgeVectorEnv.connect(url, { env: 'Nobody', numEnvs: 1 })).rejects.toMatchObject({
    code: 'bridge_refused',
    message: expect.stringContaining('refused make: no task named Nobody (unknown_env)'),
  })
  await expect(BridgeVectorEnv.connect(url, { env: 'Toy-v0', numEnvs: 9 })).rejects.toMatchObject({
    code: 'bridge_refused',
    message: expect.stringContaining('num_envs is 9, this server has 8 at most (invalid_request)'),
  })
})

test('a server that offers nothing', async () => {
  const url = await serveToys('disabled', {
    envs: [],
    make: () => Promise.reject(new DimaError('unknown_task', 'none')),
  })
  await expect(BridgeVectorEnv.connect(url, { numEnvs: 1 })).rejects.toMatchObject({ code: 'bridge_refused' })
})

test('closing says goodbye, twice does no harm, and afterwards nothing is done', async () => {
  const { env, requests, closed } = await ready()
  await env.close()
  await env.close()
  expect(await closed).toBe(1000)
  expect(requests.at(-1)).toMatchObject({ type: 'close' })
  await expect(env.step(still)).rejects.toMatchObject({ code: 'environment_closed' })
  await expect(env.reset()).rejects.toMatchObject({ code: 'environment_closed' })
})

test('closing does not wait for a server that says nothing', async () => {
  const { url } = await fakeServer((good, { type }) => (type === 'close' ? undefined : good))
  const env = await BridgeVectorEnv.connect(url, { numEnvs: 2 })
  await env.close()
  await expect(env.reset()).rejects.toMatchObject({ code: 'environment_closed' })
})
