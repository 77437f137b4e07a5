// Schemas that the OpenAPI document says once and refers to by name.
import type { FastifyInstance } from 'fastify'
import { InferReply, InferRequest } from '../../api/kserve.ts'
import { PlanReply, PlanRequest } from '../../api/plan.ts'
import { ActReply, ActRequest } from '../../api/policy.ts'
import {
  RolloutRequest,
  RolloutResponse,
  StreamedEnd,
  StreamedStart,
  StreamedStep,
} from '../../api/rollout.ts'
import {
  Closed,
  CreateSession,
  Forked,
  ForkSession,
  ResetSession,
  RestoreSession,
  SessionState,
  Snapshot,
  StepMany,
  StepManyReply,
  StepReply,
  StepSession,
} from '../../api/sessions.ts'
import { problemResponse } from '../plugins/swagger.ts'
import { CONSUMES } from '../wire/negotiation.ts'

const SCHEMAS = {
  ActRequest,
  ActReply,
  InferRequest,
  InferReply,
  RolloutRequest,
  RolloutResponse,
  StreamedStart,
  StreamedStep,
  StreamedEnd,
  PlanRequest,
  PlanReply,
  CreateSession,
  ResetSession,
  StepSession,
  StepMany,
  ForkSession,
  RestoreSession,
  SessionState,
  StepReply,
  StepManyReply,
  Snapshot,
  Forked,
  Closed,
}
export type SchemaName = keyof typeof SCHEMAS

/** On the app itself: in a scope they would bring Fastify's own serializer back. */
export function addSchemas(app: FastifyInstance): void {
  for (const [name, schema] of Object.entries(SCHEMAS)) app.addSchema({ ...schema, $id: name })
}

export const refer = (name: SchemaName) => ({ $ref: `${name}#` })

/** For a route's `schema`: a body and a reply that are JSON or msgpack. */
export function inBothFormats(body: SchemaName | undefined, reply: SchemaName, status = 200) {
  const content = Object.fromEntries(CONSUMES.map((type) => [type, { schema: refer(reply) }]))
  return {
    ...(body ? { body: refer(body), consumes: CONSUMES } : {}),
    response: { [status]: { description: 'Done', content }, ...problemResponse },
  }
}

/** For routes whose schema is for readers and generators: operations check fields while they copy the arrays. */
export const unchecked = () => () => true
