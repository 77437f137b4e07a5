// Every kind of load for a moment against a listening app without an engine.
import { expect, onTestFinished, test } from 'vitest'
import { Flags } from '../../loadtest/flags.ts'
import { measure } from '../../loadtest/measure.ts'
import { parseConfig } from '../../src/common/config.ts'
import { DimaError } from '../../src/common/errors.ts'
import { openSessions } from '../../src/inference/live/sessions.ts'
import type { Runner } from '../../src/inference/runner.ts'
import { Repository } from '../../src/registry/repository.ts'
import { buildApp } from '../../src/server/app.ts'
import { type Catalog, staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import type { StartWindow } from '../../src/worlds/starts.ts'
import { fakeRunner } from '../inference/fake-runner.ts'
import { A, modelsFolder, N, O, publishTiny, S } from '../registry/fixture.ts'

const SETTINGS = { capacity: 100, capacityPerOwner: 100, idleTimeoutMs: 0, pendingPerSession: 8 }
const START: StartWindow = { states: new Float64Array(S), actions: new Float32Array() }

/** Models with a start state, so that sessions can begin anew. */
async function catalogOf(): Promise<Catalog> {
  const catalog = staticCatalog(new Repository([await publishTiny(await modelsFolder())]), KINDS)
  return { ...catalog, model: (reference) => ({ ...catalog.model(reference), starts: [START] }) }
}

async function listen(change: Partial<Runner> = {}) {
  const runner = { ...fakeRunner({ N, A, S, O }), ...change }
  const sessions = openSessions(runner, KINDS, SETTINGS)
  const app = buildApp({ catalog: await catalogOf(), runner, sessions })
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    await app.close()
    sessions.closeAll()
  })
  const { port } = app.server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}`, sessions }
}

const SHORT = { warmUp: 0.02, window: 0.08, seconds: 0.24, horizon: 4, rows: 3 }
const flags = (given: object) => parseConfig(Flags, { ...SHORT, ...given })

const LOADS = [
  ['rollout', 12],
  ['session', 1],
  ['stream', 1],
  ['vector', 3],
] as const

for (const encoding of ['json', 'msgpack'])
  for (const [kind, steps] of LOADS)
    test(`${kind} in ${encoding}: every request is answered and leaves no session`, async () => {
      const { url, sessions } = await listen()
      const result = await measure(flags({ url, kind, encoding, sockets: 2 }))
      expect(result.errors).toEqual([])
      expect(result.requestsPerSecond).toBeGreaterThan(0)
      expect(result.stepsPerSecond).toBeCloseTo(steps * result.requestsPerSecond, 5)
      expect(result.computeMs.p50).toBe(3) // as the fake says
      expect(sessions.stats().open).toBe(0)
    })

test('an open loop sends what was asked for', async () => {
  const { url } = await listen()
  const asked = { url, kind: 'session', mode: 'open', rate: 200, arrivals: 'even', concurrency: 8 }
  const { requests, errors } = await measure(flags({ ...asked, window: 0.1, seconds: 0.3 }))
  expect(requests).toBeGreaterThan(0)
  expect(requests).toBeLessThan(120) // a closed loop of eight would do thousands
  expect(errors).toEqual([])
})

test('refusals are told apart, with their Retry-After', async () => {
  const { url } = await listen({
    rollout: () => Promise.reject(new DimaError('overloaded', 'full', { retryAfterSeconds: 3 })),
  })
  const { errors, goodput } = await measure(flags({ url, mode: 'open', rate: 100 }))
  expect(errors).toMatchObject([{ code: 'overloaded', retryAfter: 1 }])
  expect(goodput.requestsPerSecond).toBe(0)
})

test('the server is told apart from the rest', async () => {
  const { url } = await listen()
  const { server } = await measure(flags({ url, encoding: 'json' }))
  expect(server.serializeMs.json).toBeGreaterThan(0)
  expect(server.eventLoopDelayMs.p99).toBeGreaterThanOrEqual(0)
})

test('a server that is not there, or without a model of that name, is an error that says so', async () => {
  const { url } = await listen()
  await expect(measure(flags({ url: 'http://127.0.0.1:1' }))).rejects.toThrow('no server answers')
  await expect(measure(flags({ url, model: 'nothing' }))).rejects.toThrow('unknown_model')
})
