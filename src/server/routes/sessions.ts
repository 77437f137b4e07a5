// /v1/sessions: live sessions one request at a time; /v1/stream does the same on a socket.
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'
import Type from 'typebox'
import { SessionId } from '../../api/sessions.ts'
import { strict } from '../../api/shapes.ts'
import type { ServerContext } from '../context.ts'
import type { Operation } from '../operations/operation.ts'
import { OPERATION } from '../operations/table.ts'
import { checkFields } from '../rollout/fields.ts'
import { answer } from './answer.ts'
import { inBothFormats, type SchemaName, unchecked } from './schemas.ts'

interface Route {
  method: HTTPMethods
  url: string
  name: string
  summary: string
  operation: Operation
  body?: SchemaName
  reply: SchemaName
  status?: number
  /** changes nothing, or ends the session */
  whileDraining?: boolean
}

const one = '/v1/sessions/:session_id'

const ROUTES: Route[] = [
  {
    method: 'POST',
    url: '/v1/sessions',
    name: 'createSession',
    summary: 'Open a live session and show its start',
    operation: OPERATION.create,
    body: 'CreateSession',
    reply: 'SessionState',
    status: 201,
  },
  {
    method: 'POST',
    url: '/v1/sessions/restore',
    name: 'restoreSession',
    summary: 'Open a session where a snapshot was taken',
    operation: OPERATION.restore,
    body: 'RestoreSession',
    reply: 'SessionState',
    status: 201,
  },
  {
    method: 'POST',
    url: '/v1/sessions/step',
    name: 'stepSessions',
    summary: 'One step of many sessions',
    operation: OPERATION.step_many,
    body: 'StepMany',
    reply: 'StepManyReply',
  },
  {
    method: 'GET',
    url: one,
    name: 'getSession',
    summary: 'Where a session stands',
    operation: OPERATION.get,
    reply: 'SessionState',
    whileDraining: true,
  },
  {
    method: 'DELETE',
    url: one,
    name: 'closeSession',
    summary: 'Close a session',
    operation: OPERATION.close,
    reply: 'Closed',
    whileDraining: true,
  },
  {
    method: 'POST',
    url: `${one}/reset`,
    name: 'resetSession',
    summary: 'Begin another episode',
    operation: OPERATION.reset,
    body: 'ResetSession',
    reply: 'SessionState',
  },
  {
    method: 'POST',
    url: `${one}/step`,
    name: 'stepSession',
    summary: 'Take one joint action',
    operation: OPERATION.step,
    body: 'StepSession',
    reply: 'StepReply',
  },
  {
    method: 'POST',
    url: `${one}/snapshot`,
    name: 'snapshotSession',
    summary: 'Where a session stands as something to keep and to restore',
    operation: OPERATION.snapshot,
    reply: 'Snapshot',
    whileDraining: true,
  },
  {
    method: 'POST',
    url: `${one}/fork`,
    name: 'forkSession',
    summary: 'Open sessions that go on from where this one stands',
    operation: OPERATION.fork,
    body: 'ForkSession',
    reply: 'Forked',
  },
]

export function sessionRoutes(app: FastifyInstance, context: ServerContext): void {
  for (const route of ROUTES) addRoute(app, context, route)
}

function addRoute(app: FastifyInstance, context: ServerContext, route: Route): void {
  const { method, url, name, summary, operation, body, reply, status = 200, whileDraining = false } = route
  const params = url.startsWith(one) ? { params: Type.Object({ session_id: SessionId }, strict) } : {}
  app.route({
    method,
    url,
    config: { scope: 'session', negotiates: true, bodyOptional: true, whileDraining },
    schema: { operationId: name, summary, ...params, ...inBothFormats(body, reply, status) },
    validatorCompiler: unchecked,
    handler: (request, response) =>
      answer(operation, context, fieldsOf(request), request, response.code(status)),
  })
}

/** The body's fields and the session of the path, which is no field of the body. */
function fieldsOf({ body = {}, params }: FastifyRequest): unknown {
  const fields = checkFields(Fields, body)
  const { session_id } = params as { session_id?: string }
  if (session_id === undefined) return fields
  if (Object.hasOwn(fields, 'session_id')) checkFields(NoFields, { session_id: fields.session_id })
  return { ...fields, session_id }
}

const Fields = Type.Record(Type.String(), Type.Unknown())
const NoFields = Type.Object({}, strict)
