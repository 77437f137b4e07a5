// Lets pages of ALLOWED_ORIGINS read replies, refusals too. Who may call is for auth to say: this only tells browsers.
import cors, { type FastifyCorsOptions } from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseOrigins } from '../auth/origin.ts'

/** What a page can read besides a reply's body. */
const EXPOSED = [
  ...['x-request-id', 'server-timing', 'traceparent', 'allow', 'retry-after'],
  ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
]
const REMEMBER_SECONDS = 600

/** Call it before auth: a browser asks without a key whether it may send one. */
export function crossOrigin(app: FastifyInstance, { ALLOWED_ORIGINS }: { ALLOWED_ORIGINS: string }): void {
  const allowed = parseOrigins(ALLOWED_ORIGINS)
  if (allowed.size === 0) return
  const delegator = async ({ headers, ip }: FastifyRequest): Promise<FastifyCorsOptions> => {
    const { origin = '', 'access-control-request-method': asks } = headers
    if (asks !== undefined && allowed.has(origin)) app.visit(ip)
    return {
      origin: allowed.has(origin) ? origin : false,
      methods: ['GET', 'HEAD', 'POST', 'DELETE'],
      exposedHeaders: EXPOSED,
      maxAge: REMEMBER_SECONDS,
      preflight: asks !== undefined, // any other OPTIONS is answered as without us
    }
  }
  // Not registered but called, so that its hook comes before those that follow here.
  cors(app, { delegator, hideOptionsRoute: true }, (error) => {
    if (error) throw error
  })
}
