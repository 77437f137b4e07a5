// What one key can not take from the others: sessions and streamed rollouts.
import { expect, test } from 'vitest'
import { digestOf, keyRing } from '../../src/server/auth/keys.ts'
import { SCOPES } from '../../src/server/auth/scopes.ts'
import { actionsOf, fakeRunner, problemOf, startOf } from './fixture.ts'
import { liveApp } from './live-app.ts'

const ring = keyRing(
  ['ann', 'bob', 'cid'].map((id) => ({ id, sha256: digestOf(id).toString('hex'), scopes: [...SCOPES] })),
)
const keys = { ring: () => ring }

const as = (id: string) => ({ authorization: `Bearer ${id}`, 'content-type': 'application/json' })

test('streams are bounded for a key and for all together, and a slot that is left is free again', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const runner: typeof fakeRunner = {
    ...fakeRunner,
    step: async (...asked) => {
      await held
      return fakeRunner.step(...asked)
    },
  }
  const config = { MAX_STREAMS: 3, MAX_STREAMS_PER_KEY: 2, MAX_BATCH: 8, MAX_STREAM_HORIZON: 9 }
  const app = liveApp({ runner, keys, config })
  const payload = JSON.stringify({ starts: [startOf(1)], actions: actionsOf(1, 2) })
  const stream = async (id: string) =>
    app.inject({ method: 'POST', url: '/v1/rollout/stream', headers: as(id), payload })
  const running = [stream('ann'), stream('ann')]
  problemOf(await stream('ann'), 429, 'stream_limit')
  running.push(stream('bob'))
  problemOf(await stream('cid'), 503, 'overloaded')
  release()
  for (const one of running) expect((await one).statusCode).toBe(200)
  expect((await stream('ann')).statusCode).toBe(200)
})

test('who may have no more sessions leaves the rest to others, forks counted', async () => {
  const app = liveApp({ keys }, { capacity: 8, capacityPerOwner: 4 })
  const post = (id: string, url: string, body: object) =>
    app.inject({ method: 'POST', url, headers: as(id), payload: JSON.stringify(body) })
  const { session_id } = (await post('ann', '/v1/sessions', {})).json()
  problemOf(await post('ann', `/v1/sessions/${session_id}/fork`, { count: 4 }), 429, 'session_limit')
  expect((await post('ann', `/v1/sessions/${session_id}/fork`, { count: 3 })).statusCode).toBe(200)
  problemOf(await post('ann', '/v1/sessions', {}), 429, 'session_limit')
  expect((await post('bob', '/v1/sessions', {})).statusCode).toBe(201)
})
