// W3C trace context, level 1 (https://www.w3.org/TR/trace-context/): a caller's trace id goes into our log lines and
// back to the caller with the id of our span. Without a valid traceparent there is no trace: none is invented.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

export interface Trace {
  /** for a child logger: of the caller's trace, its span, and ours */
  bindings: { trace_id: string; parent_id: string; span_id: string }
  /** ours, for the reply */
  traceparent: string
}

/** version, trace id, parent id, flags; versions after 00 may go on with more fields. */
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const SAMPLED = 1

/** A span of ours in the caller's trace; undefined when what was given is not a valid traceparent. */
export function traceOf(traceparent: unknown): Trace | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > 256) return undefined
  const [, version, traceId, parentId, flags, more] = TRACEPARENT.exec(traceparent) ?? []
  if (!traceId || !parentId || !flags || (version === '00' && more !== undefined)) return undefined
  const spanId = newSpanId()
  const sampled = Number.parseInt(flags, 16) & SAMPLED ? '01' : '00'
  return {
    bindings: { trace_id: traceId, parent_id: parentId, span_id: spanId },
    traceparent: `00-${traceId}-${spanId}-${sampled}`,
  }
}

/** Log lines of a request with a traceparent name its trace, and its reply carries ours. */
export function tracing(app: FastifyInstance): void {
  const traces = new WeakMap<IncomingMessage, Trace>()
  app.setChildLoggerFactory((logger, bindings, options, request) => {
    const trace = traceOf(request.headers.traceparent)
    if (trace) traces.set(request, trace)
    return logger.child({ ...bindings, ...trace?.bindings }, options)
  })
  app.addHook('onRequest', (request, reply, next) => {
    const trace = traces.get(request.raw)
    if (trace) reply.header('traceparent', trace.traceparent)
    next()
  })
}

/** All zeros would be invalid. */
function newSpanId(): string {
  const id = randomBytes(8).toString('hex')
  return /^0+$/.test(id) ? newSpanId() : id
}
