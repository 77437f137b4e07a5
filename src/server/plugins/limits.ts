// The rate of each key: every request costs one; routes and sockets that do more charge more with app.charge.
import type { FastifyInstance } from 'fastify'
import { type Charge, rateLimit } from '../auth/rate.ts'
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
  app.addHook('onRequest', async ({ caller }) => {
    if (caller) app.charge(caller)
  })
}
