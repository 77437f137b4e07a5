// What the parts of the socket share.
import type { Socket } from 'node:net'
import type { WebSocket } from '@fastify/websocket'
import type { FastifyBaseLogger } from 'fastify'
import type { Operation as OperationName } from '../../api/stream.ts'
import type { Charge } from '../auth/rate.ts'
import type { Identity } from '../auth/scopes.ts'
import type { ServerContext } from '../context.ts'
import type { Operation } from '../operations/operation.ts'
import type { Turns } from '../turns.ts'
import type { Decoder } from '../wire/decoder.ts'
import type { Crowds } from './crowds.ts'

/** Settings of the server that concern sockets. */
export type StreamConfig = Record<
  | 'FRAME_LIMIT_BYTES'
  | 'MAX_SOCKETS'
  | 'MAX_SOCKETS_PER_KEY'
  | 'MAX_PIPELINE'
  | 'SEND_BUFFER_BYTES'
  | 'SLOW_CLIENT_MS'
  | 'PING_SECONDS'
  | 'MAX_SESSIONS_PER_KEY'
  | 'MAX_PENDING_STEPS'
  | 'IDLE_TIMEOUT_SECONDS',
  number
>

/** All but cancel, which is the socket's own. */
export type OperationTable = Record<Exclude<OperationName, 'cancel'>, Operation>

/** lost: without a close frame, or pings unanswered. limit: the key is no longer valid. */
export type CloseReason = 'client' | 'lost' | 'slow' | 'too_large' | 'protocol' | 'limit' | 'shutdown'

export interface StreamContext {
  context: ServerContext
  operations: OperationTable
  config: StreamConfig
  charge: (...asked: Parameters<Charge>) => void
  decoder: Decoder
  turns: Turns
  crowds: Crowds
}

/** A socket that has just been opened. */
export interface Opened {
  socket: WebSocket
  /** under it */
  connection: Socket
  caller: Identity
  /** of the request that opened it */
  id: string
  log: FastifyBaseLogger
}
