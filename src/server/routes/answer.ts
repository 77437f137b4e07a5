// What the routes of operations have in common: who asks, what is remembered of the request, how the reply goes out.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Timing } from '../../api/shapes.ts'
import { abandonedBy } from '../../common/errors.ts'
import type { ServerContext } from '../context.ts'
import { unlessEnded } from '../draining.ts'
import type { Caller, Operation } from '../operations/operation.ts'
import { factsOf, type RequestFacts } from '../plugins/finished.ts'
import { sendReply } from '../wire/negotiation.ts'
import { callerOf } from './caller.ts'

/** Runs an operation with the fields of a request and sends its reply. */
export async function answer(
  operation: Operation,
  context: ServerContext,
  fields: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = await perform((caller) => operation(context, fields, caller), request, reply)
  return sendReply(request, reply, body)
}

/** Does what a request asks and tells its log, its metrics and the headers of its reply. */
export async function perform<T extends object>(
  work: (caller: Caller) => Promise<T>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<T> {
  const caller = callerOf(request, reply)
  const body = await unlessEnded(caller.signal, work(caller))
  // A large reply would fail for want of a reader, and that would be told as a fault of ours.
  if (caller.signal.aborted) throw abandonedBy(caller.signal, 'the caller has gone')
  Object.assign(factsOf(request), factsIn(body))
  const { timing } = body as { timing?: Timing }
  if (timing) reply.header('server-timing', serverTiming(timing))
  return body
}

/** What a reply says for the log and the metrics. */
export function factsIn(body: { model?: { name: string; version: string }; timing?: Timing }): RequestFacts {
  const { model, timing } = body
  return {
    ...(model ? { model: model.name, version: model.version } : {}),
    ...(timing ? { queueMs: timing.queue_ms, computeMs: timing.compute_ms } : {}),
  }
}

const serverTiming = ({ queue_ms, compute_ms, total_ms }: Timing): string =>
  `queue;dur=${queue_ms}, compute;dur=${compute_ms}, total;dur=${total_ms}`
