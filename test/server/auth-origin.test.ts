import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { problemOf, testApp } from './fixture.ts'

const config = { ALLOWED_ORIGINS: 'https://lab.example.org, http://10.0.0.7:3000' }
const app = (HOST = '127.0.0.1') => testApp({ config: { ...config, HOST } })
const post = (headers: Record<string, string>, HOST?: string) =>
  app(HOST).inject({ method: 'POST', url: '/v1/admin/reload', headers })

test.each([
  ['none, as programs do', {}],
  ['our own', { host: 'localhost:8080', origin: 'http://localhost:8080' }],
  ['our own by https behind a proxy', { host: 'localhost:443', origin: 'https://localhost' }],
  ['an allowed one', { origin: 'https://lab.example.org' }],
  ['another allowed one', { origin: 'http://10.0.0.7:3000' }],
])('a page may change something when its origin is %s', async (_, headers) => {
  expect((await post(headers)).statusCode).toBe(200)
})

test.each([
  'https://evil.example.org',
  'http://lab.example.org',
  'https://lab.example.org:8443',
  'http://localhost:9999',
  'null',
  '',
  'nonsense',
])('a page of %s may not', async (origin) => {
  problemOf(await post({ origin, host: 'localhost:8080' }), 403, 'forbidden')
})

test('a page of another origin may not open a socket, but may ask for what it can not read', async () => {
  const origin = 'https://evil.example.org'
  const socket = { origin, upgrade: 'websocket', connection: 'upgrade' }
  problemOf(await app().inject({ url: '/v1/models', headers: socket }), 403, 'forbidden')
  expect((await app().inject({ url: '/v1/models', headers: { origin } })).statusCode).toBe(200)
})

test.each(['localhost', 'LOCALHOST:1', '127.0.0.1:8080', '127.9.9.9', '[::1]:8080', 'lab.example.org'])(
  'on loopback the server answers to %s',
  async (host) => {
    expect((await app().inject({ url: '/v1/models', headers: { host } })).statusCode).toBe(200)
  },
)

test.each([
  'evil.example.org',
  'evil.example.org:8080',
  'localhost.evil.org',
  '127.0.0.1.evil.org',
  '192.168.0.1',
  'a b',
])('a name that was bound to this machine from outside is refused: %s', async (host) => {
  problemOf(await app().inject({ url: '/v1/models', headers: { host } }), 403, 'forbidden')
  problemOf(await app().inject({ url: '/healthz', headers: { host } }), 403, 'forbidden')
})

test('elsewhere, without keys, the server has its addresses and the names it was given', async () => {
  const status = async (host: string, change: object = {}) => {
    const remote = testApp({ config: { ...config, HOST: '0.0.0.0', ...change } })
    return (await remote.inject({ url: '/v1/models', headers: { host } })).statusCode
  }
  for (const host of ['192.168.0.1:8080', '[2001:db8::1]', 'localhost', 'lab.example.org', hostname()])
    expect(await status(host), host).toBe(200)
  expect(await status('sim.example.org')).toBe(403)
  expect(await status('Sim.example.org:80', { ALLOWED_HOSTS: 'other, sim.example.org' })).toBe(200)
  expect(await status('sim.example.org', { ALLOWED_HOSTS: '*' })).toBe(200)
})

test('with keys the server may have any name elsewhere', async () => {
  const withKeys = testApp({ config: { HOST: '0.0.0.0' }, keys: { ring: () => [] } })
  const headers = { host: 'sim.example.org' }
  expect((await withKeys.inject({ url: '/healthz', headers })).statusCode).toBe(200)
})

const origin = 'https://lab.example.org'
const preflight = {
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization',
}
const ask = (headers: object, method: 'OPTIONS' | 'GET' = 'OPTIONS', url: string = '/v1/models') =>
  testApp({ config, keys: { ring: () => [] } }).inject({ method, url, headers: { ...headers } })

test('a browser learns that a page of an allowed origin may call, before it has sent a key', async () => {
  for (const url of ['/v1/rollout', '/v1/sessions', '/nothing']) {
    const { statusCode, headers, body } = await ask(preflight, 'OPTIONS', url)
    expect([statusCode, body]).toEqual([204, ''])
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'authorization',
      'access-control-allow-methods': expect.stringContaining('DELETE'),
      vary: expect.stringContaining('Origin'),
    })
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
  }
})

test('a page of an allowed origin reads replies, refusals among them', async () => {
  const refused = await ask({ origin }, 'GET')
  expect(refused.statusCode).toBe(401)
  const served = await app().inject({ url: '/v1/models', headers: { origin } })
  expect(served.statusCode).toBe(200)
  for (const { headers } of [refused, served])
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': expect.stringContaining('retry-after'),
    })
})

test('other origins, and OPTIONS of other kinds, are answered as ever', async () => {
  const others = [{ ...preflight, origin: 'https://evil.example.org' }, { origin }, {}]
  for (const headers of others) {
    const reply = await app().inject({ method: 'OPTIONS', url: '/v1/rollout', headers })
    problemOf(reply, 405, 'method_not_allowed')
    if (headers !== others[1]) expect(reply.headers).not.toHaveProperty('access-control-allow-origin')
  }
  const unconfigured = await testApp().inject({ method: 'OPTIONS', url: '/v1/rollout', headers: preflight })
  problemOf(unconfigured, 405, 'method_not_allowed')
})
