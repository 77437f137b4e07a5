// The HTTP servers under Fastify: what a client may take its time for, pipelined requests in turns, and an end that nobody
// can put off.
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { rawProblem } from '../plugins/problem.ts'
import type { Turns } from '../turns.ts'
import { type Exchange, Pipeline } from './pipeline.ts'

export interface HttpSettings {
  HEADERS_TIMEOUT_SECONDS: number
  REQUEST_TIMEOUT_SECONDS: number
  KEEP_ALIVE_SECONDS: number
  SLOW_READER_SECONDS: number
}

interface Tls {
  cert: string
  key: string
}

type Handle = (...exchange: Exchange) => void

/** After a close, what a client may take to go on reading its reply. */
const LAST_READ_MS = 2000
const MOST_CHECK_MS = 1000

/** For Fastify's serverFactory, which may be called for each address of a name. @param tls of PEM texts: https */
export const httpServer = (settings: HttpSettings, turns: Turns, tls?: Tls) => (handle: Handle) => {
  const options = optionsOf(settings)
  const server = tls
    ? createTlsServer({ ...tls, ...options, handshakeTimeout: options.headersTimeout || undefined })
    : createServer(options)
  const connections = new Connections(turns, handle)
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => connections.of(socket))
  server.on('request', (...exchange: Exchange) => connections.take(exchange))
  // Node would answer any expectation but 100-continue without a word; RFC 9110 allows to ignore it.
  server.on('checkExpectation', (...exchange: Exchange) => connections.take(exchange))
  server.on('upgrade', ({ socket }) => connections.forget(socket))
  server.setTimeout(1000 * settings.SLOW_READER_SECONDS, (socket) => connections.silent(socket))
  // close() calls it. Node's own destroys what has been written and not yet sent, and leaves half requests alone.
  server.closeIdleConnections = () => connections.end()
  return Object.assign(server, { refuse: connections.refuse })
}

/** Fastify's clientErrorHandler. */
export function refuseBrokenHttp(
  this: { server: Server },
  error: NodeJS.ErrnoException,
  socket: Socket,
): void {
  const { refuse } = this.server as ReturnType<ReturnType<typeof httpServer>>
  refuse(error, socket)
}

class Connections {
  private readonly pipelines = new Map<Socket, Pipeline>()
  private readonly turns: Turns
  private readonly handle: Handle
  private ending = false

  constructor(turns: Turns, handle: Handle) {
    this.turns = turns
    this.handle = handle
  }

  of(socket: Socket): Pipeline {
    const known = this.pipelines.get(socket)
    if (known) return known
    const pipeline = new Pipeline(socket, this.turns, this.handle)
    this.pipelines.set(socket, pipeline)
    socket.once('close', () => this.forget(socket))
    return pipeline
  }

  /** Drops a socket that is closed or no longer HTTP. */
  forget(socket: Socket): void {
    this.pipelines.delete(socket)
  }

  take(exchange: Exchange): void {
    const pipeline = this.of(exchange[0].socket)
    pipeline.add(exchange)
    if (this.ending) pipeline.end()
  }

  /** A connection on which nothing has moved for long: it is used while an answer is computed, but not when none is read. */
  silent(socket: Socket): void {
    if (this.pipelines.get(socket)?.idle !== false || socket.writableLength > 0) socket.destroy()
  }

  readonly refuse = (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy(error)
    this.of(socket).end(wordsFor(error))
  }

  /** What is running is the last of its connection, and what has come in by half is dropped. */
  end(): void {
    this.ending = true
    for (const pipeline of this.pipelines.values()) pipeline.end()
    const unread = [...this.pipelines.keys()].map((socket) => [socket, socket.bytesWritten] as const)
    setTimeout(() => {
      for (const [socket, before] of unread)
        if (socket.writableLength > 0 && socket.bytesWritten === before) socket.destroy()
    }, LAST_READ_MS).unref()
  }
}

function optionsOf(settings: HttpSettings) {
  const request = 1000 * settings.REQUEST_TIMEOUT_SECONDS
  const headers = 1000 * settings.HEADERS_TIMEOUT_SECONDS
  const limits = [request, headers].filter((ms) => ms > 0)
  return {
    // auth says what is wrong with the Host, and a missing one; Node would not say a word.
    requireHostHeader: false,
    requestTimeout: request,
    headersTimeout: headers > 0 ? Math.min(...limits) : request,
    keepAliveTimeout: 1000 * settings.KEEP_ALIVE_SECONDS,
    connectionsCheckingInterval: Math.min(MOST_CHECK_MS, ...limits.map((ms) => ms / 4)),
  }
}

function wordsFor({ code }: NodeJS.ErrnoException): string {
  if (code === 'HPE_HEADER_OVERFLOW')
    return rawProblem('headers_too_large', 'the request line and the headers have more than 16 KiB')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return rawProblem('request_timeout', 'the request has not come in whole in time')
  return rawProblem('invalid_request', 'This is not valid HTTP')
}
