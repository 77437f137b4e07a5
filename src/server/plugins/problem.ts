// Every error becomes application/problem+json (RFC 9457) from the one error table. What is 5xx is logged and
// told in general words: nothing of the inside leaves the server.
import { STATUS_CODES } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FieldError, Problem } from '../../api/problem.ts'
import { ERRORS } from '../../common/error-table.ts'
import { DimaError, type ErrorCode } from '../../common/errors.ts'
import { isRejection } from '../metrics/outcome.ts'
import { factsOf } from './finished.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** Fastify's own codes; its other 4xx errors are invalid_request. */
const OF_FASTIFY: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_MAX_PARAM_LENGTH: 'uri_too_long',
}

/** Seconds a client should wait when the thrower of a 429 or 503 names none. */
const RETRY_AFTER_S = 1

interface Thrown {
  code: ErrorCode
  status: number
  message: string
  details: DimaError['details']
}

export function problem(app: FastifyInstance): void {
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler((request, reply) => {
    sendProblem(
      new DimaError('not_found', `${request.method} ${pathOf(request)} is not served`),
      request,
      reply,
    )
  })
}

/** @param extend adds what readers of these pages expect besides */
export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  extend = (problem: Problem): Problem => problem,
): void {
  const thrown = classify(error)
  factsOf(request).code = thrown.code
  logFailure(request, error, thrown)
  if (thrown.status === 401) reply.header('www-authenticate', 'Bearer')
  const wait = retryAfterSeconds(thrown)
  if (wait !== undefined) reply.header('retry-after', wait)
  if (thrown.details.hangUp === true) reply.header('connection', 'close') // the rest of a body would follow
  if (Array.isArray(thrown.details.allow)) reply.header('allow', thrown.details.allow.join(', '))
  // A string, so that no response schema of the route has a say in it.
  reply
    .code(thrown.status)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(extend(body(thrown, request.id))))
}

/**
 * With its stack where it is ours to repair. A full server or a deadline that has passed is no mystery, and under overload
 * a line for each would cost more than the refusal: metrics count them.
 */
export function logFailure(
  { log }: Pick<FastifyRequest, 'log'>,
  error: unknown,
  { code, status }: { code: string; status: number },
): void {
  if (status === 500) log.error({ err: error }, code)
  else if (status > 500)
    log[isRejection(code as ErrorCode) ? 'debug' : 'warn']({ reason: (error as Error).message }, code)
}

/** For requests that never become one of Fastify's: broken HTTP, headers over the limit, a wrong handshake. */
export function rawProblem(code: ErrorCode, message: string, headers: string[] = []): string {
  const { status } = ERRORS[code]
  const text = JSON.stringify(body({ code, status, message, details: {} }, 'none'))
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
    ...headers,
    '',
    text,
  ].join('\r\n')
}

/** The body of an error reply, as the socket sends it in a frame. */
export const problemOf = (error: unknown, instance: string): Problem => body(classify(error), instance)

function classify(error: unknown): Thrown {
  if (error instanceof DimaError)
    return { code: error.code, status: error.status, message: error.message, details: error.details }
  const {
    statusCode = 500,
    code = '',
    message = '',
  } = error as { statusCode?: number; code?: string; message?: string }
  const known = OF_FASTIFY[code]
  if (known) return { code: known, status: ERRORS[known].status, message: ERRORS[known].title, details: {} }
  if (statusCode < 400 || statusCode >= 500)
    return { code: 'internal', status: 500, message: '', details: {} }
  return { code: 'invalid_request', status: statusCode, message, details: {} }
}

function body({ code, status, message, details }: Thrown, instance: string): Problem {
  const { title, hint } = ERRORS[code]
  const hidden = status >= 500
  const wait = retryAfterSeconds({ status, details })
  return {
    type: `urn:dima:error:${code}`,
    title,
    status,
    detail: hidden ? hint : message,
    instance,
    code,
    hint,
    ...(wait === undefined ? {} : { retry_after_ms: 1000 * wait }),
    errors: hidden ? [] : fieldErrors(message, details),
  }
}

function retryAfterSeconds({ status, details }: Pick<Thrown, 'status' | 'details'>): number | undefined {
  if (status !== 429 && status !== 503) return undefined
  return typeof details.retryAfterSeconds === 'number' ? details.retryAfterSeconds : RETRY_AFTER_S
}

function fieldErrors(
  message: string,
  { errors, field, expected, given }: DimaError['details'],
): FieldError[] {
  if (Array.isArray(errors)) return errors as FieldError[]
  return field === undefined ? [] : [{ field, message, expected, given }]
}

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0]!.slice(0, 200)
