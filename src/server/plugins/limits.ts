// The rate of each key: every request costs one on arrival; operations that imagine more charge more with app.charge.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { type Allowance, type Charge, rateLimit } from '../auth/rate.ts'
import type { AppConfig } from '../config.ts'

declare module 'fastify' {
  interface FastifyInstance {
    charge: Charge
  }
}

/** After auth: open routes have no caller and cost nothing. */
export function limits(
  app: FastifyInstance,
  { RATE_LIMIT, RATE_BURST }: Pick<AppConfig, 'RATE_LIMIT' | 'RATE_BURST'>,
): void {
  app.decorate('charge', rateLimit({ rate: RATE_LIMIT, burst: RATE_BURST }))
  app.addHook('onRequest', async ({ caller }, reply) => {
    if (caller) tellAllowance(reply, app.charge(caller))
  })
}

/** RateLimit header fields, draft-ietf-httpapi-ratelimit-headers-06; none where nothing is limited. */
export function tellAllowance(reply: FastifyReply, allowance: Allowance | undefined): void {
  if (!allowance) return
  reply
    .header('ratelimit-limit', allowance.limit)
    .header('ratelimit-remaining', allowance.remaining)
    .header('ratelimit-reset', allowance.resetSeconds)
}
