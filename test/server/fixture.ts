// An app around a fake engine and a bundle that exists only in memory; nothing listens.
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { expect, onTestFinished } from 'vitest'
import type { Problem } from '../../src/api/problem.ts'
import type { Bundle } from '../../src/registry/load.ts'
import { Repository } from '../../src/registry/repository.ts'
import { type AppOptions, buildApp } from '../../src/server/app.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import type { Rollout, Trajectories } from '../../src/worlds/rollout.ts'
import {
  noSessions,
  fakeRunner as runnerOf,
  fakeTrajectories as trajectoriesOf,
} from '../inference/fake-runner.ts'
import { A, manifest, N, O, S } from '../registry/fixture.ts'

export const bundleOf = (name = 'tiny', version = '1'): Bundle => ({
  name,
  version,
  digest: `digest of ${name}/${version}`,
  manifest: manifest(name, version),
  directory: '/nowhere',
  labels: [],
})

/** The same with a policy. */
export function policyBundle(): Bundle {
  const bundle = bundleOf()
  const { graphs } = bundle.manifest
  return { ...bundle, manifest: { ...bundle.manifest, graphs: { ...graphs, policy: graphs.decode! } } }
}

const sizes = { N, A, S, O }

export const fakeTrajectories = (rollout: Rollout): Trajectories => trajectoriesOf(rollout, sizes)
export const fakeRunner = runnerOf(sizes)

export function testApp(change: Partial<AppOptions> = {}): FastifyInstance {
  const app = buildApp({
    catalog: staticCatalog(new Repository([bundleOf()]), KINDS),
    sessions: noSessions,
    runner: fakeRunner,
    config: { BODY_LIMIT_BYTES: 1024 * 1024, MAX_BATCH: 8, MAX_STREAM_HORIZON: 100 },
    ...change,
  })
  onTestFinished(() => app.close())
  return app
}

/** [B, H, N, A], all different. */
export const actionsOf = (batch: number, horizon: number): number[][][][] =>
  table(batch, (b) =>
    table(horizon, (t) => table(N, (n) => table(A, (a) => (b + t * 0.1 + n * 0.01 + a * 0.001) / 10))),
  )

export const statesOf = (length: number): number[][] => table(length, (t) => table(S, (s) => t + s * 0.1))

export const startOf = (length: number) => ({
  states: statesOf(length),
  ...(length > 1 ? { actions: actionsOf(1, length - 1)[0] } : {}),
})

export const goodRequest = () => ({ starts: [startOf(3)], actions: actionsOf(2, 4), seed: 7 })

const table = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i))

export const rollout = (app: FastifyInstance, payload: unknown, url = '/v1/rollout') =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })

/** Checks what every error reply has in common and returns it. */
export function problemOf(response: LightMyRequestResponse, status: number, code: string): Problem {
  const body = response.json<Problem>()
  expect({ status: response.statusCode, code: body.code }).toEqual({ status, code })
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(body).toMatchObject({
    type: `urn:dima:error:${code}`,
    status,
    title: expect.any(String),
    detail: expect.any(String),
    hint: expect.any(String),
    instance: response.headers['x-request-id'] ?? expect.any(String),
  })
  // Nothing of the inside: no stack, no path of a file.
  expect(response.body).not.toMatch(/node_modules|\.ts\b|\bat .*:\d+:\d+|\/(tmp|work|home|src|etc|nowhere)\//)
  return body
}
