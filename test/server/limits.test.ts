import { expect, test } from 'vitest'
import { addressRate } from '../../src/server/auth/address-rate.ts'
import { digestOf, keyRing } from '../../src/server/auth/keys.ts'
import { rateLimit } from '../../src/server/auth/rate.ts'
import { anonymous, type Identity } from '../../src/server/auth/scopes.ts'
import { problemOf, testApp } from './fixture.ts'

const caller = (owner: string, change: Partial<Identity> = {}): Identity => ({
  ...anonymous(true),
  owner,
  ...change,
})
const [alice, bob] = [caller('alice'), caller('bob')]

/** A limit whose clock the test moves. */
function limitOf(rate: number, burst: number) {
  const clock = { now: 1000 }
  const charge = rateLimit({ rate, burst }, () => clock.now)
  const allowed = (who: Identity, cost?: number): boolean => {
    try {
      charge(who, cost)
      return true
    } catch {
      return false
    }
  }
  return {
    clock,
    charge,
    allowed,
    times: (n: number, who = alice) => Array.from({ length: n }, () => allowed(who)),
  }
}

test('a burst, then the rate', () => {
  const { clock, times } = limitOf(2, 3)
  expect(times(4)).toEqual([true, true, true, false])
  clock.now += 0.5
  expect(times(2)).toEqual([true, false])
  clock.now += 100
  expect(times(4)).toEqual([true, true, true, false])
})

test('keys do not use up the allowance of others', () => {
  const { times } = limitOf(1, 1)
  expect(times(2, alice)).toEqual([true, false])
  expect(times(2, bob)).toEqual([true, false])
})

test('the default burst is what one second allows, and at least one', () => {
  expect(limitOf(3, 0).times(4)).toEqual([true, true, true, false])
  expect(limitOf(0.1, 0).times(2)).toEqual([true, false])
})

test('says when there will be room', () => {
  const { charge } = limitOf(0.25, 1)
  charge(alice)
  expect(() => charge(alice)).toThrow(
    expect.objectContaining({ code: 'rate_limited', details: { retryAfterSeconds: 4 } }),
  )
})

test('a cost counts, what is refused costs nothing, and a large cost takes half a bucket into debt', () => {
  const { clock, allowed } = limitOf(10, 10)
  expect([allowed(alice, 8), allowed(alice, 3), allowed(alice, 2)]).toEqual([true, false, true])
  clock.now += 1
  expect([allowed(alice, 500), allowed(alice, 1)]).toEqual([true, false])
  clock.now += 0.5
  expect(allowed(alice, 500)).toBe(false)
  clock.now += 48 // 485 of the 490 that were owed
  expect(allowed(alice, 1)).toBe(false)
  clock.now += 0.9
  expect([allowed(alice, 500), allowed(alice, 4)]).toEqual([false, true])
})

test('nobody gets more than the rate on average, whatever requests cost', () => {
  const { clock, allowed } = limitOf(100, 100)
  let steps = 0
  for (let tick = 0; tick < 6000; tick++) {
    for (const cost of [1, 7, 60, 960]) if (allowed(alice, cost)) steps += cost
    clock.now += 0.01
  }
  expect(steps).toBeGreaterThan(0.95 * 60 * 100)
  expect(steps).toBeLessThanOrEqual(60 * 100 + 100 + 960)
})

test('what was paid on arrival counts, also where a bucket holds no more', () => {
  const { allowed, charge } = limitOf(1, 1)
  expect(allowed(alice)).toBe(true)
  expect(charge(alice, 15, 1)).toEqual({ limit: 1, remaining: 0, resetSeconds: 15 })
  expect(() => charge(alice)).toThrow(expect.objectContaining({ details: { retryAfterSeconds: 15 } }))
})

test('large requests at the same moment do not keep each other out', () => {
  const { charge, times } = limitOf(10, 100)
  expect(times(40)).toEqual(Array(40).fill(true)) // all have arrived before any is charged
  const outcomes = Array.from({ length: 40 }, () => {
    try {
      return charge(alice, 1000, 1)
    } catch {
      return undefined
    }
  })
  expect(outcomes.filter(Boolean)).toHaveLength(1)
})

test('what is given back may be used again', () => {
  const { allowed, charge } = limitOf(1, 10)
  charge(alice, 500)
  charge(alice, -500)
  expect(allowed(alice, 10)).toBe(true)
})

test('a rate of zero is no limit, and a key may have its own rate', () => {
  expect(limitOf(0, 0).times(100).every(Boolean)).toBe(true)
  expect(limitOf(0, 0).times(3, caller('carol', { stepsPerSecond: 1, burst: 2 }))).toEqual([
    true,
    true,
    false,
  ])
  expect(limitOf(1, 1).times(3, caller('carol', { stepsPerSecond: 100, burst: 3 }))).toEqual([
    true,
    true,
    true,
  ])
})

test('a request too many is 429 with Retry-After; health costs nothing', async () => {
  const app = testApp({ config: { RATE_LIMIT: 0.01, RATE_BURST: 2 } })
  for (let i = 0; i < 5; i++) expect((await app.inject({ url: '/v2/health/live' })).statusCode).toBe(200)
  for (let i = 0; i < 2; i++) expect((await app.inject({ url: '/v1/models' })).statusCode).toBe(200)
  const response = await app.inject({ url: '/v1/models' })
  problemOf(response, 429, 'rate_limited')
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(50)
  expect((await app.inject({ url: '/healthz' })).statusCode).toBe(200)
})

test('the rate in the keys file holds for its key', async () => {
  const key = (id: string, change: object) => ({
    id,
    sha256: digestOf(id).toString('hex'),
    scopes: ['read' as const],
    ...change,
  })
  const ring = keyRing([key('slow', { requestsPerSecond: 0.01, burst: 1 }), key('free', {})])
  const app = testApp({ keys: { ring: () => ring } })
  const statuses = async (id: string) => {
    const send = () => app.inject({ url: '/v1/models', headers: { authorization: `Bearer ${id}` } })
    return [(await send()).statusCode, (await send()).statusCode]
  }
  expect(await statuses('slow')).toEqual([200, 429])
  expect(await statuses('free')).toEqual([200, 200])
})

test('an address has two seconds of its rate at once; networks of IPv6 are one address', () => {
  const clock = { now: 5 }
  const visit = addressRate(2, () => clock.now)
  const times = (n: number, address: string) =>
    Array.from({ length: n }, () => {
      try {
        visit(address)
        return true
      } catch {
        return false
      }
    })
  expect(times(5, '10.0.0.1')).toEqual([true, true, true, true, false])
  expect(times(1, '10.0.0.2')).toEqual([true])
  clock.now += 0.5
  expect(times(2, '10.0.0.1')).toEqual([true, false])
  expect(times(4, '2001:db8::1')).toEqual([true, true, true, true])
  expect([times(1, '2001:db8:0:0:1:2:3:4'), times(1, '2001:db8:0:1::1')]).toEqual([[false], [true]])
  const unlimited = addressRate(0)
  for (let i = 0; i < 1000; i++) unlimited('10.0.0.1')
})

test('open routes and refused keys use up what an address may ask; keys that pay do not', async () => {
  const ring = keyRing([{ id: 'a', sha256: digestOf('a').toString('hex'), scopes: ['read'] }])
  const app = testApp({ config: { OPEN_RATE_LIMIT: 1 }, keys: { ring: () => ring } })
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })
  expect((await get('/healthz')).statusCode).toBe(200)
  problemOf(await get('/v1/models', { authorization: 'Bearer wrong' }), 401, 'unauthenticated')
  for (const url of ['/healthz', '/v1/models', '/nothing', '/v1/models/%zz']) {
    const refused = await get(url)
    problemOf(refused, 429, 'rate_limited')
    expect(refused.headers).toMatchObject({ connection: 'close', 'retry-after': expect.any(String) })
  }
  expect((await get('/v1/models', { authorization: 'Bearer a' })).statusCode).toBe(200)
})
