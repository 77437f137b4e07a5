// Whoever sent an HTTP request, as operations see them.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../operations/operation.ts'
import { factsOf } from '../plugins/finished.ts'
import { tellAllowance } from '../plugins/limits.ts'

/** The signal aborts when the connection closes before all of the reply is handed over. */
export function callerOf(request: FastifyRequest, reply: FastifyReply): Caller {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) gone.abort()
  })
  const { caller, server } = request
  return {
    owner: caller?.owner ?? 'anonymous',
    charge: (steps, paid) => caller && tellAllowance(reply, server.charge(caller, steps, paid)),
    signal: gone.signal,
    received: performance.now() - reply.elapsedTime,
    found: ({ name: model, version }) => void Object.assign(factsOf(request), { model, version }),
  }
}
