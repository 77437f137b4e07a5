import { expect, test } from 'vitest'
import { digestOf, identify, type Key, keyRing, newKey } from '../../src/server/auth/keys.ts'
import { requireScope, type Scope } from '../../src/server/auth/scopes.ts'
import { goodRequest, problemOf, testApp } from './fixture.ts'

const secret = newKey()
const keyOf = (scopes: Scope[], change: Partial<Key> = {}): Key => ({
  id: 'alice',
  sha256: digestOf(secret).toString('hex'),
  scopes,
  ...change,
})
const other = (id: string): Key => ({
  id,
  sha256: digestOf(id).toString('hex'),
  scopes: ['read', 'rollout', 'session', 'admin'],
})

const appWith = (...keys: Key[]) => {
  const ring = keyRing(keys)
  const app = testApp({ keys: { ring: () => ring } })
  // A route of each kind, whichever others there are.
  for (const scope of ['read', 'rollout', 'session', 'admin'] as const)
    app.get(`/test/${scope}`, { config: { scope } }, async ({ caller }) => ({ owner: caller.owner }))
  app.get('/test/default', async ({ caller }) => ({ owner: caller.owner }))
  return app
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

test('a key is 256 random bits with a prefix', () => {
  expect(newKey()).toMatch(/^dima_[A-Za-z0-9_-]{43}$/)
  expect(newKey()).not.toBe(newKey())
})

test.each([
  ['no key', {}],
  ['another key', bearer(newKey())],
  ['an empty key', { authorization: 'Bearer ' }],
  ['another scheme', { authorization: `Basic ${secret}` }],
  ['a key in a header of a socket that is none', { 'sec-websocket-protocol': `bearer.${secret}` }],
])('%s is 401 and says what is wanted', async (_, headers) => {
  const response = await appWith(keyOf(['read'])).inject({ url: '/v1/models', headers })
  problemOf(response, 401, 'unauthenticated')
  expect(response.headers['www-authenticate']).toBe('Bearer')
  expect(response.body).not.toContain(secret)
})

test('a key in the address is no key', async () => {
  const app = appWith(keyOf(['read']))
  for (const name of ['key', 'token', 'access_token', 'authorization'])
    problemOf(await app.inject({ url: `/v1/models?${name}=${secret}` }), 401, 'unauthenticated')
})

test('the holder of a key is the caller, wherever the key stands in the list', async () => {
  for (const keys of [
    [keyOf(['read']), other('bob')],
    [other('bob'), keyOf(['read'])],
  ])
    expect((await appWith(...keys).inject({ url: '/test/default', headers: bearer(secret) })).json()).toEqual(
      {
        owner: 'alice',
      },
    )
})

test.each<[Scope, Scope[]]>([
  ['read', ['read']],
  ['rollout', ['read', 'rollout']],
  ['session', ['read', 'session']],
  ['admin', ['read', 'admin']],
])('scope %s opens %s and nothing else', async (scope, open) => {
  const app = appWith(keyOf([scope]))
  for (const each of ['read', 'rollout', 'session', 'admin'] as const) {
    const response = await app.inject({ url: `/test/${each}`, headers: bearer(secret) })
    if (open.includes(each)) expect(response.statusCode).toBe(200)
    else expect(problemOf(response, 403, 'forbidden').detail).toContain(each)
  }
})

test.each<['GET' | 'POST', string, Scope]>([
  ['POST', '/v1/admin/reload', 'admin'],
  ['POST', '/v1/rollout', 'rollout'],
  ['POST', '/rollout', 'rollout'],
  ['POST', '/v1/rollout/stream', 'rollout'],
  ['POST', '/v1/sessions', 'session'],
  ['POST', '/v1/sessions/restore', 'session'],
  ['POST', '/v1/sessions/step', 'session'],
  ['GET', '/v1/sessions/AAAAAAAAAAAAAAAAAAAAAA', 'session'],
  ['GET', '/v1/models', 'read'],
  ['GET', '/v1/models/tiny', 'read'],
  ['GET', '/v2/models/tiny', 'read'],
  ['GET', '/metrics', 'read'],
  ['GET', '/openapi.json', 'read'],
])('%s %s needs %s', async (method, url, scope) => {
  const request = { method, url, ...(method === 'POST' ? { payload: goodRequest() } : {}) }
  problemOf(await appWith(keyOf([scope])).inject(request), 401, 'unauthenticated')
  const every: Scope[] = ['read', 'rollout', 'session', 'admin']
  const send = (scopes: Scope[]) => appWith(keyOf(scopes)).inject({ ...request, headers: bearer(secret) })
  expect([401, 403]).not.toContain((await send([scope])).statusCode)
  if (scope !== 'read') problemOf(await send(every.filter((each) => each !== scope)), 403, 'forbidden')
})

test.each(['/healthz', '/v2/health/live', '/v2/health/ready'])('%s is open', async (url) => {
  expect((await appWith(keyOf(['read'])).inject({ url })).statusCode).toBe(200)
})

test('who has no key learns nothing of what pages there are', async () => {
  const app = appWith(keyOf(['read']))
  problemOf(await app.inject({ url: '/nothing/here' }), 401, 'unauthenticated')
  problemOf(await app.inject({ method: 'DELETE', url: '/v1/models' }), 401, 'unauthenticated')
})

test('an expired key is no key, and one that will expire is one', async () => {
  const status = async (expires: string) =>
    (await appWith(keyOf(['read'], { expires })).inject({ url: '/v1/models', headers: bearer(secret) }))
      .statusCode
  expect(await status('2020-01-01')).toBe(401)
  expect(await status('2120-01-01T12:00:00Z')).toBe(200)
})

test('a browser gives the key of a socket as a subprotocol', async () => {
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': `dima.v1.json, bearer.${secret}` }
  const app = appWith(keyOf(['session']))
  expect((await app.inject({ url: '/test/session', headers })).statusCode).toBe(200)
  const wrong = { ...headers, 'sec-websocket-protocol': `dima.v1.json, bearer.${newKey()}` }
  problemOf(await app.inject({ url: '/test/session', headers: wrong }), 401, 'unauthenticated')
})

test('a caller that outlives its request loses what its key loses', () => {
  let ring = keyRing([keyOf(['session']), other('bob')])
  const caller = identify(secret, () => ring)!
  expect(() => requireScope(caller, 'session')).not.toThrow()
  expect(() => requireScope(caller, 'rollout')).toThrow(expect.objectContaining({ code: 'forbidden' }))
  for (const now of [
    [],
    [other('bob')],
    [keyOf(['read'])],
    [keyOf(['session'], { expires: '2020-01-01' })],
  ]) {
    ring = keyRing(now)
    expect(() => requireScope(caller, 'session')).toThrow(
      expect.objectContaining({ code: 'unauthenticated' }),
    )
  }
  ring = keyRing([other('bob'), keyOf(['session'])])
  expect(() => requireScope(caller, 'session')).not.toThrow()
})

test('without keys everyone is anonymous; only those on this machine administrate', async () => {
  const status = async (HOST: string) =>
    (await testApp({ config: { HOST } }).inject({ method: 'POST', url: '/v1/admin/reload' })).statusCode
  expect(await status('127.0.0.1')).toBe(200)
  expect(await status('0.0.0.0')).toBe(403)
  expect((await testApp({ config: { HOST: '0.0.0.0' } }).inject({ url: '/v1/models' })).statusCode).toBe(200)
})
