// Counts every HTTP request of an app and ends its metrics with it.
import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../metrics/metrics.ts'
import { whenFinished } from './finished.ts'

export function countRequests(app: FastifyInstance, metrics: Metrics): void {
  whenFinished(app, ({ code, route, ...finished }) =>
    metrics.request({ ...finished, code, route: fullName(route) }),
  )
  app.addHook('onClose', async () => metrics.close())
}

/** /rollout is another name of /v1/rollout, a version is part of the name of a model, and a proxy asks for health: one page, one series. */
const fullName = (route: string): string =>
  route
    .replace(/^\/rollout/, '/v1/rollout')
    .replace('/versions/:version', '')
    .replace('/healthz/proxy', '/healthz')
