// POST /v1/policy/act: a model's policy on observations of the caller's own.
import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../context.ts'
import { OPERATION } from '../operations/table.ts'
import { answer } from './answer.ts'
import { inBothFormats, unchecked } from './schemas.ts'

export function policyRoutes(app: FastifyInstance, context: ServerContext): void {
  app.post('/v1/policy/act', {
    config: { scope: 'rollout', negotiates: true },
    schema: {
      operationId: 'act',
      summary: "What the model's own policy does",
      description:
        'Observations in, actions out, without a session: of one row or of many. A bundle without a policy is refused with ' +
        'no_policy.',
      ...inBothFormats('ActRequest', 'ActReply'),
    },
    validatorCompiler: unchecked,
    handler: (request, reply) => answer(OPERATION.act, context, request.body, request, reply),
  })
}
