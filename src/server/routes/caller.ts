// Whoever sent an HTTP request, as operations see them.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../operations/operation.ts'
import { factsOf } from '../plugins/finished.ts'
import { tellAllowance } from '../plugins/limits.ts'

export interface HttpCaller extends Caller {
  signal: AbortSignal
}

/**
 * The signal aborts when the connection closes before all of the reply is handed over, or when the server ends. Throws
 * DimaError `draining` for bodies that came after it was told to stop.
 */
export function callerOf(request: FastifyRequest, reply: FastifyReply): HttpCaller {
  const { caller, server } = request
  if (!request.routeOptions.config.whileDraining) server.draining.refuse()
  const gone = new AbortController()
  const leave = server.draining.enter((error) => gone.abort(error))
  reply.raw.once('finish', leave)
  reply.raw.once('close', () => {
    leave()
    if (!reply.raw.writableEnded) gone.abort()
  })
  return {
    owner: caller?.owner ?? 'anonymous',
    charge: (steps, paid) => caller && tellAllowance(reply, server.charge(caller, steps, paid)),
    signal: gone.signal,
    received: performance.now() - reply.elapsedTime,
    found: ({ name: model, version }) => void Object.assign(factsOf(request), { model, version }),
  }
}
