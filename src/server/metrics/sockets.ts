// Sockets and their messages.
import { Counter, Gauge, type Registry } from 'prom-client'
import { OPERATION_NAMES } from '../../api/stream.ts'
import type { ErrorCode } from '../../common/errors.ts'
import { childrenOf } from './children.ts'
import { outcomeOf } from './outcome.ts'
import type { Ends } from './requests.ts'

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

export interface SocketMetrics {
  socketOpened(): void
  socketClosed(reason: SocketCloseReason): void
  /** A message was answered. `op` may be anything the client sent. */
  message(op: string, outcome: 'ok' | ErrorCode, seconds: number): void
}

export function socketMetrics(registry: Registry, ends: Ends): SocketMetrics {
  return { ...lifeRecorder(registry), message: messageRecorder(registry, ends) }
}

function lifeRecorder(registry: Registry): Pick<SocketMetrics, 'socketOpened' | 'socketClosed'> {
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

const KNOWN = new Set<string>(OPERATION_NAMES)

function messageRecorder(registry: Registry, ends: Ends): SocketMetrics['message'] {
  const labelNames = ['op', 'outcome']
  const counter = new Counter({
    name: 'wm_socket_messages_total',
    help: 'Messages of sockets answered',
    labelNames,
    registers: [registry],
  })
  const messages = childrenOf(counter, labelNames)
  const durations = new Map([...KNOWN, 'unknown'].map((op) => [op, ends.duration.of(`stream ${op}`)]))
  return (op, outcome, seconds) => {
    const known = KNOWN.has(op) ? op : 'unknown'
    const code = outcome === 'ok' ? undefined : outcome
    messages.of(known, outcomeOf(code)).inc()
    durations.get(known)!.observe(seconds)
    ends.refused(code)
  }
}
