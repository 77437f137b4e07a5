// Counts every HTTP request of an app and ends its metrics with it.
import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../metrics/metrics.ts'
import { whenFinished } from './finished.ts'

export function countRequests(app: FastifyInstance, metrics: Metrics): void {
  whenFinished(app, ({ code, ...finished }) => metrics.request({ ...finished, code }))
  app.addHook('onClose', async () => metrics.close())
}
