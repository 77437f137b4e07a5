// For operators and tools: /healthz, what a proxy asks, /metrics, /openapi.json.
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { Health } from '../../api/health.ts'
import { Ready } from '../../api/kserve.ts'
import { DimaError } from '../../common/errors.ts'
import type { ServerContext } from '../context.ts'
import { problemResponse } from '../plugins/swagger.ts'
import type { HealthOptions } from '../readiness.ts'

export function operationRoutes(
  app: FastifyInstance,
  { catalog, metrics, draining }: ServerContext,
  { executors, requireReady }: HealthOptions,
): void {
  app.get('/healthz', {
    config: { scope: null },
    schema: {
      operationId: 'health',
      summary: 'Whether the server answers',
      response: { 200: Health, ...problemResponse },
    },
    handler: async () => ({
      status: 'ok',
      models: catalog.repository.names().length,
      executors: executors(),
    }),
  })
  app.get('/healthz/proxy', {
    config: { scope: null },
    schema: {
      operationId: 'proxyHealth',
      summary: 'For HAProxy: 503 while the server is not ready, 404 while it drains',
      description:
        'With `http-check disable-on-404` a server that drains gets nothing new, and its open sockets are left to it: it ' +
        'closes them one after the other. Others ask /v2/health/ready, which has 503 for both.',
      response: { 200: Ready, ...problemResponse },
    },
    handler: async () => {
      if (draining.active) throw new DimaError('not_found', 'the server is about to stop')
      requireReady()
      return { ready: true, executors: executors() }
    },
  })
  app.get('/metrics', {
    schema: {
      operationId: 'metrics',
      summary: 'Metrics in the Prometheus text format',
      response: {
        200: { description: 'Metrics', content: { 'text/plain': { schema: Type.String() } } },
        ...problemResponse,
      },
    },
    handler: async (_request, reply) => {
      const { text, contentType } = await metrics.render()
      return reply.type(contentType).send(text)
    },
  })
  app.get('/openapi.json', { schema: { hide: true }, handler: async () => app.swagger() })
}
