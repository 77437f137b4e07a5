// Requests over HTTP: how many, how long, how they end, and what is refused because of how much is going on.
import { Counter, Histogram, type Registry } from 'prom-client'
import type { ErrorCode } from '../../common/errors.ts'
import { SECONDS } from './buckets.ts'
import { type Children, childrenOf } from './children.ts'
import type { ModelNames } from './model-names.ts'
import { isRejection, outcomeOf, REJECTIONS, type Rejection, reasonOf } from './outcome.ts'

export interface MeasuredRequest {
  /** the pattern, never the path: whatever is asked for, the number of series stays bounded */
  route: string
  code: ErrorCode | undefined
  ms: number
  model?: string
  version?: string
}

export const FORMATS = ['json', 'msgpack', 'ndjson'] as const
export type Format = (typeof FORMATS)[number]

export interface RequestMetrics {
  request(finished: MeasuredRequest): void
  /** Something other than a request or a message was refused; those two count themselves. */
  rejected(reason: Rejection): void
  serialized(format: Format, seconds: number): void
}

/** What requests and messages of sockets have in common. */
export interface Ends {
  duration: Children<Histogram.Internal<string>>
  /** Counts a rejection if that is what it was. */
  refused(code: ErrorCode | undefined): void
  rejected(reason: Rejection): void
}

export function endsOf(registry: Registry): Ends {
  const histogram = new Histogram({
    name: 'wm_request_duration_seconds',
    help: 'From the first byte of a request to the last of its reply; messages of a socket have the route "stream <op>"',
    labelNames: ['route'],
    buckets: SECONDS,
    registers: [registry],
  })
  const rejected = rejectionCounter(registry)
  return {
    duration: childrenOf(histogram, ['route']),
    rejected,
    refused: (code) => {
      if (code !== undefined && isRejection(code)) rejected(code)
    },
  }
}

function rejectionCounter(registry: Registry): RequestMetrics['rejected'] {
  const counter = new Counter({
    name: 'wm_rejected_total',
    help: 'Refused only because of how much is going on, by error code',
    labelNames: ['reason'],
    registers: [registry],
  })
  const byReason = childrenOf(counter, ['reason'])
  for (const reason of REJECTIONS) byReason.of(reason).inc(0) // the first one shall show as an increase
  return (reason) => byReason.of(reason).inc()
}

export function requestMetrics(registry: Registry, models: ModelNames, ends: Ends): RequestMetrics {
  return {
    request: requestRecorder(registry, models, ends),
    rejected: ends.rejected,
    serialized: serializeRecorder(registry),
  }
}

function requestRecorder(registry: Registry, models: ModelNames, ends: Ends): RequestMetrics['request'] {
  const labelNames = ['model', 'version', 'route', 'outcome', 'reason']
  const counter = new Counter({
    name: 'wm_requests_total',
    help: 'Requests answered; model and version where the request got as far as one',
    labelNames,
    registers: [registry],
  })
  const requests = models.watch(childrenOf(counter, labelNames))
  return ({ route, code, ms, model, version }) => {
    const [name, served] = model && version ? models.of(model, version) : ['', '']
    requests.of(name, served, route, outcomeOf(code), reasonOf(code)).inc()
    ends.duration.of(route).observe(ms / 1000)
    ends.refused(code)
  }
}

function serializeRecorder(registry: Registry): RequestMetrics['serialized'] {
  const histogram = new Histogram({
    name: 'wm_serialize_duration_seconds',
    help: 'Writing a reply as text or bytes; the event loop does nothing else meanwhile',
    labelNames: ['format'],
    buckets: SECONDS,
    registers: [registry],
  })
  const byFormat = childrenOf(histogram, ['format'])
  return (format, seconds) => byFormat.of(format).observe(seconds)
}
