// POST /v1/plan.
import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../context.ts'
import { OPERATION } from '../operations/table.ts'
import { answer } from './answer.ts'
import { inBothFormats, unchecked } from './schemas.ts'

export function planRoutes(app: FastifyInstance, context: ServerContext): void {
  app.post('/v1/plan', {
    config: { scope: 'rollout', negotiates: true },
    schema: {
      operationId: 'plan',
      summary: 'Look for the joint actions that the model expects most of',
      description:
        'Model-predictive control: candidates are imagined side by side, the best say where to look next. Stateless: ' +
        'warm_start of an answer goes into the next request. With a deadline there is always an answer.',
      ...inBothFormats('PlanRequest', 'PlanReply'),
    },
    validatorCompiler: unchecked,
    handler: (request, reply) => answer(OPERATION.plan, context, request.body, request, reply),
  })
}
