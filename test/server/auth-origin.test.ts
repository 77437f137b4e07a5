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

test('elsewhere the server may have any name', async () => {
  const headers = { host: 'sim.example.org' }
  expect((await app('0.0.0.0').inject({ url: '/v1/models', headers })).statusCode).toBe(200)
})
