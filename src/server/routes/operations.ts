// For operators and tools: /healthz, /metrics, /openapi.json.
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { type Executors, Health } from '../../api/health.ts'
import type { ServerContext } from '../context.ts'
import { problemResponse } from '../plugins/swagger.ts'

export function operationRoutes(
  app: FastifyInstance,
  { catalog, metrics }: ServerContext,
  executors: () => Executors,
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
