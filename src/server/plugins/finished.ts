// What is known of a request when it is over, for its log line and its metrics.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../common/errors.ts'

/** Learned on the way by whoever knows; all optional. */
export interface RequestFacts {
  /** of the model that the request named, once it is found */
  model?: string
  version?: string
  /** why it was refused or failed */
  code?: ErrorCode
  queueMs?: number
  computeMs?: number
}

export interface FinishedRequest extends RequestFacts {
  /** the pattern, never the path */
  route: string
  method: string
  /** id of the key that asked, never the key */
  caller: string | undefined
  status: number
  /** from its arrival to the last byte of the reply */
  ms: number
}

const CANCELED_STATUS = 499
const facts = new WeakMap<FastifyRequest, RequestFacts>()

/** Kept until the request is over; fill in what you know. */
export function factsOf(request: FastifyRequest): RequestFacts {
  const known = facts.get(request) ?? {}
  facts.set(request, known)
  return known
}

/** Calls `tell` once for each request: when its reply is out, or when its caller has gone before that. */
export function whenFinished(
  app: FastifyInstance,
  tell: (finished: FinishedRequest, request: FastifyRequest) => void,
): void {
  app.addHook('onRequest', (request, reply, next) => {
    const arrived = performance.now()
    let told = false
    const end = (gone: boolean) => {
      if (told || isUpgrade(request, reply)) return
      told = true
      tell(describe(request, reply, { gone, ms: performance.now() - arrived }), request)
    }
    reply.raw.once('finish', () => end(false))
    reply.raw.once('close', () => end(true)) // follows finish, or comes alone when the caller has gone
    next()
  })
}

/** The reply to an upgrade is written past Fastify; what follows is the socket's. */
const isUpgrade = ({ headers }: FastifyRequest, { raw }: FastifyReply): boolean =>
  headers.upgrade !== undefined && !raw.headersSent

function describe(
  request: FastifyRequest,
  { raw }: FastifyReply,
  { gone, ms }: { gone: boolean; ms: number },
): FinishedRequest {
  const { method, caller, routeOptions } = request
  const { url: route = 'unknown' } = routeOptions
  const status = gone ? CANCELED_STATUS : raw.statusCode
  const code = gone ? 'canceled' : codeOf(status)
  const learned = { ...(code ? { code } : {}), ...factsOf(request) }
  return { ...learned, route, method, status, ms, caller: caller?.owner }
}

/** For errors that nobody has given a code. */
function codeOf(status: number): ErrorCode | undefined {
  if (status < 400) return undefined
  return status < 500 ? 'invalid_request' : 'internal'
}
