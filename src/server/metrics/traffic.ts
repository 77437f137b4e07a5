// What comes in over HTTP and sockets, and how it ends.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { OPERATION_NAMES, type Operation } from '../../api/stream.ts'
import type { ErrorCode } from '../../common/errors.ts'
import { SECONDS } from './buckets.ts'
import { childrenOf } from './children.ts'
import type { ModelNames } from './model-names.ts'
import { isRejection, outcomeOf, REJECTIONS, reasonOf } from './outcome.ts'

export interface FinishedRequest {
  /** the pattern, never the path: whatever is asked for, the number of series stays bounded */
  route: string
  code: ErrorCode | undefined
  ms: number
  model?: string
  version?: string
}

export const FORMATS = ['json', 'msgpack', 'ndjson'] as const
export type Format = (typeof FORMATS)[number]

/** lost: no close frame, or pings unanswered. slow: too much unsent. limit: more than a key may. */
export const SOCKET_CLOSE_REASONS = [
  'client',
  'lost',
  'slow',
  'too_large',
  'protocol',
  'limit',
  'shutdown',
  'error',
] as const
export type SocketCloseReason = (typeof SOCKET_CLOSE_REASONS)[number]

export interface TrafficMetrics {
  request(finished: FinishedRequest): void
  /** Something other than a request or a message was refused; those two count themselves. */
  rejected(reason: (typeof REJECTIONS)[number]): void
  serialized(format: Format, seconds: number): void
  socketOpened(): void
  socketClosed(reason: SocketCloseReason): void
  /** A message of a socket was answered. `op` may be anything the client sent. */
  message(op: string, outcome: 'ok' | ErrorCode, seconds: number): void
}

export function trafficMetrics(registry: Registry, models: ModelNames): TrafficMetrics {
  const rejected = rejectionCounter(registry)
  const duration = durationOf(registry)
  return {
    request: requestRecorder(registry, models, duration, rejected),
    rejected,
    serialized: serializeRecorder(registry),
    ...socketMetrics(registry),
    message: messageRecorder(registry, duration, rejected),
  }
}

function durationOf(registry: Registry) {
  const histogram = new Histogram({
    name: 'wm_request_duration_seconds',
    help: 'From the first byte of a request to the last of its reply; messages of a socket have the route "stream <op>"',
    labelNames: ['route'],
    buckets: SECONDS,
    registers: [registry],
  })
  return childrenOf(histogram, ['route'])
}

function rejectionCounter(registry: Registry): TrafficMetrics['rejected'] {
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

type Rejected = (reason: (typeof REJECTIONS)[number]) => void
type Durations = ReturnType<typeof durationOf>

function countRejection(rejected: Rejected, code: ErrorCode | undefined): void {
  if (code !== undefined && isRejection(code)) rejected(code as (typeof REJECTIONS)[number])
}

function requestRecorder(
  registry: Registry,
  models: ModelNames,
  duration: Durations,
  rejected: Rejected,
): TrafficMetrics['request'] {
  const labelNames = ['model', 'version', 'route', 'outcome', 'reason']
  const counter = new Counter({
    name: 'wm_requests_total',
    help: 'Requests answered; model and version where the request got as far as one',
    labelNames,
    registers: [registry],
  })
  const requests = models.watch(childrenOf(counter, labelNames))
  return ({ route, code, ms, model, version }) => {
    const name = model && version ? models.of(model, version) : ['', '']
    requests.of(name[0]!, name[1]!, route, outcomeOf(code), reasonOf(code)).inc()
    duration.of(route).observe(ms / 1000)
    countRejection(rejected, code)
  }
}

function serializeRecorder(registry: Registry): TrafficMetrics['serialized'] {
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

function socketMetrics(registry: Registry): Pick<TrafficMetrics, 'socketOpened' | 'socketClosed'> {
  const registers = [registry]
  const open = new Gauge({ name: 'wm_sockets_open', help: 'Open sockets', registers })
  const counter = new Counter({
    name: 'wm_sockets_closed_total',
    help: 'Sockets closed',
    labelNames: ['reason'],
    registers,
  })
  const closed = childrenOf(counter, ['reason'])
  for (const reason of SOCKET_CLOSE_REASONS) closed.of(reason).inc(0)
  return {
    socketOpened: () => open.inc(),
    socketClosed: (reason) => {
      open.dec()
      closed.of(reason).inc()
    },
  }
}

const KNOWN = new Set<string>(OPERATION_NAMES satisfies Operation[])

function messageRecorder(
  registry: Registry,
  duration: Durations,
  rejected: Rejected,
): TrafficMetrics['message'] {
  const labelNames = ['op', 'outcome']
  const counter = new Counter({
    name: 'wm_socket_messages_total',
    help: 'Messages of sockets answered',
    labelNames,
    registers: [registry],
  })
  const messages = childrenOf(counter, labelNames)
  return (op, outcome, seconds) => {
    const known = KNOWN.has(op) ? op : 'unknown'
    const code = outcome === 'ok' ? undefined : outcome
    messages.of(known, outcomeOf(code)).inc()
    duration.of(`stream ${known}`).observe(seconds)
    countRejection(rejected, code)
  }
}
