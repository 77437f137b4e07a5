// An app with real live sessions around the fake engine, and words for the requests that tests make of it.
import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { openSessions } from '../../src/inference/live/sessions.ts'
import type { SessionSettings } from '../../src/inference/live/types.ts'
import type { Runner } from '../../src/inference/runner.ts'
import { Repository } from '../../src/registry/repository.ts'
import type { AppOptions } from '../../src/server/app.ts'
import { type Catalog, staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { bundleOf, fakeRunner, statesOf, testApp } from './fixture.ts'

const settings: SessionSettings = {
  capacity: 8,
  capacityPerOwner: 8,
  idleTimeoutMs: 60_000,
  pendingPerSession: 16,
}

/** The tiny model with two start states. */
export function liveCatalog(bundle = bundleOf()): Catalog {
  const catalog = staticCatalog(new Repository([bundle]), KINDS)
  const starts = [1, 2].map((t) => ({
    states: Float64Array.from(statesOf(t)[t - 1]!),
    actions: new Float32Array(0),
  }))
  return {
    ...catalog,
    model: (reference) => ({ ...catalog.model(reference), starts }),
    byDigest: (digest) => {
      const model = catalog.byDigest(digest)
      return model && { ...model, starts }
    },
  }
}

export function liveApp(
  change: Partial<AppOptions> & { runner?: Runner } = {},
  limits: Partial<SessionSettings> = {},
): FastifyInstance {
  const sessions = openSessions(change.runner ?? fakeRunner, KINDS, { ...settings, ...limits })
  onTestFinished(() => sessions.closeAll())
  return testApp({ catalog: liveCatalog(), sessions, ...change })
}

/** POST with a JSON body, or without one. */
export const send = (app: FastifyInstance, url: string, body?: unknown) =>
  app.inject({
    method: 'POST',
    url,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, payload: JSON.stringify(body) }),
  })

export async function created(app: FastifyInstance, body: object = { seed: 7 }): Promise<string> {
  return (await send(app, '/v1/sessions', body)).json().session_id
}
