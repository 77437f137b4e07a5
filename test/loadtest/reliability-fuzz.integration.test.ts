// A short run of the fuzzer against an app with real sessions and no engine.
import { expect, onTestFinished, test } from 'vitest'
import { fuzz } from '../../loadtest/reliability/fuzz.ts'
import { openSessions } from '../../src/inference/live/sessions.ts'
import type { LiveModel } from '../../src/inference/live/types.ts'
import { Repository } from '../../src/registry/repository.ts'
import { digestOf, keyRing } from '../../src/server/auth/keys.ts'
import { type Catalog, staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { modelsFolder, publishTiny, S } from '../registry/fixture.ts'
import { fakeRunner, testApp } from '../server/fixture.ts'

const [key, strangerKey] = ['key-of-the-fuzzer', 'key-of-somebody-else']

const ring = keyRing(
  [key, strangerKey].map((secret, i) => ({
    id: `holder-${i}`,
    sha256: digestOf(secret).toString('hex'),
    scopes: ['read', 'rollout', 'session', 'admin'],
  })),
)

/** A bundle on disk, so that its description can be read, with a start state. */
async function catalogOnDisk(): Promise<Catalog> {
  const catalog = staticCatalog(new Repository([await publishTiny(await modelsFolder())]), KINDS)
  const starts = [{ states: new Float64Array(S), actions: new Float32Array() }]
  const started = (model: LiveModel): LiveModel => ({ ...model, starts })
  return {
    ...catalog,
    model: (reference) => started(catalog.model(reference)),
    byDigest: (digest) => {
      const model = catalog.byDigest(digest)
      return model && started(model)
    },
  }
}

test('600 malformed requests, frames and connections leave a healthy server that told nothing', async () => {
  const sessions = openSessions(fakeRunner, KINDS, {
    capacity: 2000,
    capacityPerOwner: 1000,
    idleTimeoutMs: 60_000,
    pendingPerSession: 16,
  })
  onTestFinished(() => sessions.closeAll())
  const config = { BODY_LIMIT_BYTES: 256 * 1024, MAX_BATCH: 64, FRAME_LIMIT_BYTES: 64 * 1024 }
  const app = testApp({ catalog: await catalogOnDisk(), sessions, config, keys: { ring: () => ring } })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const options = { seed: 1, first: 0, cases: 600, callers: 6, checkEvery: 200, log: () => {} }
  const report = await fuzz({ url, key, strangerKey }, options)
  expect(report.failures).toEqual([])
  expect(report).toMatchObject({ cases: 600, healthChecks: 4 })
  const common = [
    'ok',
    'invalid_request',
    'invalid_shape',
    'invalid_json',
    'invalid_msgpack',
    'too_deep',
    'not_found',
  ]
  expect(Object.keys(report.outcomes)).toEqual(expect.arrayContaining(common))
  expect(Object.keys(report.kinds).sort()).toEqual(['frame', 'http', 'raw'])
})
