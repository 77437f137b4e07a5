// POST /v1/rollout and /v1/rollout/stream, both also without /v1.
import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../context.ts'
import { OPERATION } from '../operations/table.ts'
import { problemResponse } from '../plugins/swagger.ts'
import { CONSUMES } from '../wire/negotiation.ts'
import { answer } from './answer.ts'
import { NDJSON_TYPE, streamLines } from './lines.ts'
import { inBothFormats, refer, unchecked } from './schemas.ts'

export function rolloutRoutes(app: FastifyInstance, context: ServerContext): void {
  wholeRollout(app, context)
  streamedRollout(app, context)
}

function wholeRollout(app: FastifyInstance, context: ServerContext): void {
  const schema = {
    summary: 'Imagine joint trajectories',
    ...inBothFormats('RolloutRequest', 'RolloutResponse'),
  }
  for (const [url, operationId] of [
    ['/v1/rollout', 'rollout'],
    ['/rollout', 'rolloutAlias'],
  ] as const)
    app.post(url, {
      config: { scope: 'rollout', negotiates: true },
      schema: { ...schema, operationId },
      validatorCompiler: unchecked,
      handler: (request, reply) => answer(OPERATION.rollout, context, request.body, request, reply),
    })
}

function streamedRollout(app: FastifyInstance, context: ServerContext): void {
  const lines = [refer('StreamedStart'), refer('StreamedStep'), refer('StreamedEnd')]
  const schema = {
    summary: 'Imagine joint trajectories, one line a step',
    description:
      'Newline-delimited JSON: a start, a step for each t, an end; an error after the start is the last line, ' +
      '{"type": "error", "problem": ...}. May be longer than the horizon of the model. Without samples, quantiles and ' +
      'outputs.',
    body: refer('RolloutRequest'),
    consumes: CONSUMES,
    response: {
      200: { description: 'Lines', content: { [NDJSON_TYPE]: { schema: { oneOf: lines } } } },
      ...problemResponse,
    },
  }
  for (const [url, operationId] of [
    ['/v1/rollout/stream', 'rolloutStream'],
    ['/rollout/stream', 'rolloutStreamAlias'],
  ] as const)
    app.post(url, {
      config: { scope: 'rollout' },
      schema: { ...schema, operationId },
      validatorCompiler: unchecked,
      handler: (request, reply) => streamLines(OPERATION.rollout_stream, context, request, reply),
    })
}
