// An operation that tells its steps, as newline-delimited JSON. Until the first line an error is the whole reply; after
// it, it is the last line.
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '../../api/problem.ts'
import { abandonedBy, type ErrorCode } from '../../common/errors.ts'
import { requireActive } from '../auth/scopes.ts'
import type { ServerContext } from '../context.ts'
import { unlessEnded } from '../draining.ts'
import type { Operation } from '../operations/operation.ts'
import { factsOf } from '../plugins/finished.ts'
import { logFailure, problemOf } from '../plugins/problem.ts'
import { encodeJson } from '../wire/json.ts'
import { factsIn } from './answer.ts'
import { callerOf } from './caller.ts'

export const NDJSON_TYPE = 'application/x-ndjson'

export async function streamLines(
  operation: Operation,
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = callerOf(request, reply)
  const lines = linesOf(caller.signal, context)
  let begun = false
  const emit = async (event: object): Promise<void> => {
    if (request.caller) requireActive(request.caller)
    if (caller.signal.aborted) throw abandonedBy(caller.signal, 'the caller has gone')
    if (!begun) reply.type(NDJSON_TYPE).send(lines.stream)
    begun = true
    Object.assign(factsOf(request), factsIn(event))
    await lines.write(event)
  }
  try {
    await emit(await unlessEnded(caller.signal, operation(context, request.body, { ...caller, emit })))
  } catch (error) {
    if (!begun) throw error
    await lines.write({ type: 'error', problem: lateProblem(error, request) })
  }
  lines.stream.end()
  return reply
}

function lateProblem(error: unknown, request: FastifyRequest): Problem {
  const problem = problemOf(error, request.id)
  logFailure(request, error, problem)
  factsOf(request).code = problem.code as ErrorCode
  return problem
}

function linesOf(gone: AbortSignal, { metrics }: ServerContext) {
  const stream = new PassThrough()
  const closed = new AbortController()
  stream.once('close', () => closed.abort())
  const nobody = AbortSignal.any([gone, closed.signal])
  return {
    stream,
    /** Resolves when there is room for the next line, or when nobody reads any more. */
    write: async (event: object): Promise<void> => {
      if (stream.destroyed) return
      const began = performance.now()
      const line = `${encodeJson(event)}\n`
      metrics.serialized('ndjson', (performance.now() - began) / 1000)
      if (stream.write(line) || nobody.aborted) return
      await once(stream, 'drain', { signal: nobody }).catch(() => undefined)
    },
  }
}
