// Sessions in a real server: the contract, how long it keeps them, and what becomes of a lost, wiped or closed one.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  freePort,
  hasRedis,
  type RedisServer,
  startRedis,
} from '../../../../loadtest/reliability/fleet/redis-server.ts'
import { Relay } from '../../../../loadtest/reliability/fleet/relay.ts'
import { ownerOf, writeRecord } from '../../../../src/inference/live/store/record.ts'
import { sessionKey } from '../../../../src/inference/live/store/redis/keys.ts'
import { openRedisStore } from '../../../../src/inference/live/store/redis/redis-store.ts'
import type { SessionStore } from '../../../../src/inference/live/store/store.ts'
import { testContract } from './contract.ts'

const NONCE = Buffer.alloc(8, 7)
const recordOf = (revision: number) =>
  writeRecord({ fence: 1, nonce: NONCE, revision, owner: ownerOf('me') }, Buffer.from('snapshot'))
const token = { fence: 1, nonce: NONCE }

async function openAt(url: string, idleTimeoutMs = 60_000) {
  const store = await openRedisStore({ url, idleTimeoutMs })
  onTestFinished(() => store.close())
  return store
}

describe.skipIf(!hasRedis)('with redis-server (Debian: redis-server)', () => {
  let redis: RedisServer
  let store: SessionStore
  beforeAll(async () => {
    redis = await startRedis()
    store = await openRedisStore({ url: redis.url, idleTimeoutMs: 60_000 })
  })
  afterAll(async () => {
    store?.close()
    await redis?.close()
  })

  testContract(() => store)

  const ask = (line: string) => redis.ask(line)
  const lifeOf = async (id: string) => Number((await ask(`PTTL ${sessionKey(id, 0)}`)).slice(1))

  test('a session is kept for half a minute more than it may be idle, from each commit and touch', async () => {
    await store.create('life', recordOf(1))
    expect(await lifeOf('life')).toBeGreaterThan(85_000)
    await ask(`PEXPIRE ${sessionKey('life', 0)} 1000`)
    await store.claim('life', recordOf(1).subarray(0, 40), NONCE)
    expect(await lifeOf('life')).toBeLessThanOrEqual(1000) // a claim alone is no use of it
    await store.touch(['life', 'nothing'])
    expect(await lifeOf('life')).toBeGreaterThan(85_000)
    const forever = await openAt(redis.url, 0)
    await forever.create('forever', recordOf(1))
    expect(await lifeOf('forever')).toBe(-1)
  })

  test('scripts that the server has forgotten are sent again', async () => {
    await ask('SCRIPT FLUSH')
    await store.create('flushed', recordOf(1))
    expect(await store.commit('flushed', recordOf(2))).toBe('kept')
  })

  test('a wiped store has another epoch, one that has only ended a session has not', async () => {
    await store.create('wiped', recordOf(1))
    const epoch = store.epochOf('wiped')
    await store.end('wiped', token)
    expect(await store.check('wiped', token)).toBe('absent')
    expect(store.epochOf('wiped')).toBe(epoch)
    await ask('FLUSHALL')
    expect(await store.commit('wiped', recordOf(2))).toBe('absent')
    expect(store.epochOf('wiped')).not.toBe(epoch)
  })

  test('a store that keeps its keys by slot takes every call, those of many sessions too', async () => {
    const own = await startRedis('--cluster-enabled', 'yes') // refuses keys of several slots in one script
    onTestFinished(() => own.close())
    await own.insist('CLUSTER ADDSLOTSRANGE 0 16383')
    await expect.poll(() => own.ask('CLUSTER INFO'), { timeout: 10_000 }).toContain('cluster_state:ok')
    const store = await openRedisStore({ url: own.url, idleTimeoutMs: 60_000, tags: 4 })
    onTestFinished(() => store.close())
    const ids = Array.from({ length: 100 }, (_, i) => `session ${i}`)
    for (const id of ids) await store.create(id, recordOf(1))
    const outcomes = await Promise.all(ids.map((id) => store.commit(id, recordOf(2))))
    expect(new Set(outcomes)).toEqual(new Set(['kept']))
    await store.touch(ids)
    expect(await store.claim('session 7', recordOf(2).subarray(0, 40), NONCE)).toBe(true)
    const epochs = ids.map((id) => store.epochOf(id))
    expect(new Set(epochs).size).toBe(4)
    await own.insist('FLUSHALL')
    expect(await Promise.all(ids.map((id) => store.commit(id, recordOf(3))))).not.toContain('kept')
    expect(ids.filter((id, i) => store.epochOf(id) === epochs[i])).toEqual([])
  })

  test('a server that is gone is told of, and found again with another epoch', async () => {
    const own = await startRedis('--appendonly', 'yes', '--appendfsync', 'always')
    onTestFinished(() => own.close())
    const store = await openAt(own.url)
    await store.create('a', recordOf(1))
    const epoch = store.epochOf('a')
    await own.kill()
    await expect(store.commit('a', recordOf(2))).rejects.toMatchObject({ code: 'session_store', status: 503 })
    await expect.poll(() => store.lostMs, { timeout: 10_000 }).toBeGreaterThan(0)
    await own.start()
    await expect.poll(() => store.lostMs, { timeout: 10_000 }).toBe(0)
    expect(await store.commit('a', recordOf(2))).toBe('kept')
    expect(store.epochOf('a')).not.toBe(epoch)
  })

  test('a connection that is accepted and never answered is given up, and the store found when it answers', async () => {
    const relay = await Relay.open(redis.port)
    onTestFinished(() => relay.close())
    const store = await openAt(`redis://127.0.0.1:${relay.port}`)
    await store.create('hung', recordOf(1))
    relay.begin('hang')
    await expect(store.commit('hung', recordOf(2))).rejects.toMatchObject({ code: 'session_store' })
    await expect.poll(() => relay.unanswered, { timeout: 10_000 }).toBeGreaterThan(0)
    relay.heal()
    await expect.poll(() => store.lostMs, { timeout: 10_000 }).toBe(0)
    expect(await store.commit('hung', recordOf(2))).toBe('kept')
  })

  test('what can not be used is told at the start, without the password', async () => {
    const nobody = await freePort()
    const refusal = await openRedisStore({
      url: `redis://me:secret@127.0.0.1:${nobody}`,
      idleTimeoutMs: 1,
    }).catch((error) => error)
    expect(refusal).toMatchObject({ code: 'invalid_config' })
    expect(refusal.message).toContain(`SESSION_STORE=redis://127.0.0.1:${nobody}`)
    expect(refusal.message).not.toContain('secret')
    const wrong = await openRedisStore({
      url: `redis://me:secret@127.0.0.1:${redis.port}`,
      idleTimeoutMs: 1,
    }).catch((error) => error)
    expect(wrong).toMatchObject({ code: 'invalid_config' })
    expect(wrong.message).not.toContain('secret')
  })

  test('user and password are used', async () => {
    const own = await startRedis(
      '--user',
      'dima',
      'on',
      '>a:b@c',
      '~dima:*',
      '+@all',
      '--user',
      'default',
      'off',
    )
    onTestFinished(() => own.close())
    const store = await openAt(`redis://dima:${encodeURIComponent('a:b@c')}@127.0.0.1:${own.port}`)
    expect(await store.create('mine', recordOf(1))).toBe(true)
  })
})
