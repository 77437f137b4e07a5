// Frames on their way to one client. Too many of them waiting is a slow client: nothing more is read from it, and if
// that does not help it has to go.
import type { Socket } from 'node:net'
import type { WebSocket } from '@fastify/websocket'
import type { StreamConfig } from './context.ts'
import type { Frame } from './frame.ts'

/** A client that is this many times over the limit is not waited for. */
const HOPELESS = 4
const TEXT = { binary: false, compress: false }
const BINARY = { binary: true, compress: false }

export interface OutboxEvents {
  /** `full` has changed */
  changed(): void
  /** the client does not keep up */
  slow(): void
}

export class Outbox {
  /** from the limit on until everything has been written */
  full = false
  private readonly socket: WebSocket
  private readonly connection: Socket
  private readonly config: StreamConfig
  private readonly events: OutboxEvents
  private patience: NodeJS.Timeout | undefined
  private waiting: (() => void)[] = []
  private closed = false
  private gathering = false

  /** @param connection under the socket */
  constructor(socket: WebSocket, connection: Socket, config: StreamConfig, events: OutboxEvents) {
    this.socket = socket
    this.connection = connection
    this.config = config
    this.events = events
    connection.on('drain', () => this.emptied())
  }

  send(frame: Frame): void {
    const { socket, config } = this
    if (socket.readyState !== socket.OPEN) return
    // Asked before this frame joins: one large reply alone says nothing about the client.
    if (this.full && socket.bufferedAmount > HOPELESS * config.SEND_BUFFER_BYTES)
      return void this.events.slow()
    this.gather()
    socket.send(frame, typeof frame === 'string' ? TEXT : BINARY)
    this.measure()
  }

  /** Resolves when there is room for another frame, or when there will never be. */
  async room(): Promise<void> {
    if (this.full && !this.closed) await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  /** Nothing will be sent any more. */
  close(): void {
    this.closed = true
    clearTimeout(this.patience)
    this.wake()
  }

  /** Replies that become known together go out with one system call: a fifth of the time of a step message. */
  private gather(): void {
    if (this.gathering) return
    this.gathering = true
    this.connection.cork()
    process.nextTick(() => {
      this.gathering = false
      this.connection.uncork()
    })
  }

  private measure(): void {
    if (this.full || this.closed || this.socket.bufferedAmount < this.config.SEND_BUFFER_BYTES) return
    this.full = true
    this.patience = setTimeout(() => this.events.slow(), this.config.SLOW_CLIENT_MS)
    this.events.changed()
  }

  private emptied(): void {
    if (!this.full) return
    clearTimeout(this.patience)
    this.full = false
    this.wake()
    this.events.changed()
  }

  private wake(): void {
    const woken = this.waiting
    this.waiting = []
    for (const wake of woken) wake()
  }
}
