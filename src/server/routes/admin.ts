// For operators, with scope admin: POST /v1/admin/reload.
import type { FastifyInstance } from 'fastify'
import { Reloaded } from '../../api/models.ts'
import type { ServerContext } from '../context.ts'
import { modelList } from '../model-card.ts'
import { problemResponse } from '../plugins/swagger.ts'

export function adminRoutes(app: FastifyInstance, { catalog }: Pick<ServerContext, 'catalog'>): void {
  app.post('/v1/admin/reload', {
    config: { scope: 'admin' },
    schema: {
      operationId: 'reload',
      summary: 'Look at the models folder now',
      description:
        'Answers when what is good in it is served. Bad bundles are refused; what they would replace is still served.',
      response: { 200: Reloaded, ...problemResponse },
    },
    handler: async () => {
      await catalog.reload()
      const references = catalog.repository.refused.map(({ reference }) => reference)
      return { ...modelList(catalog.repository), refused: { count: references.length, references } }
    },
  })
}
