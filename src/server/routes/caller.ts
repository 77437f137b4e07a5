// Whoever sent an HTTP request, as operations see them.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../operations/operation.ts'
import { factsOf } from '../plugins/finished.ts'

/** The signal aborts when the connection closes before all of the reply is handed over. */
export function callerOf(request: FastifyRequest, reply: FastifyReply): Caller {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) gone.abort()
  })
  return {
    owner: request.caller?.owner ?? 'anonymous',
    signal: gone.signal,
    received: performance.now() - reply.elapsedTime,
    found: ({ name: model, version }) => void Object.assign(factsOf(request), { model, version }),
  }
}
