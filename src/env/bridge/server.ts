// The reference server of marl-env/1 (docs/bridge.md): serves VectorEnvs of this process to trainers elsewhere.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { DimaError } from '../../common/errors.ts'
import { type ListenNames, listenError } from '../../common/listen-address.ts'
import { isLoopback } from '../../common/loopback.ts'
import { admission } from './admission.ts'
import type { FloatDtype } from './arrays.ts'
import { BridgeSession, type BridgeSessionContext, type MakeOptions } from './bridge-session.ts'
import { MOST_BYTES } from './limits.ts'
import type { ServedVectorEnv } from './served-env.ts'

export interface BridgeServerOptions {
  /** Address to listen on, default 127.0.0.1; one that others can reach needs a token. */
  host?: string
  /** 0, the default: a free one. */
  port?: number
  /** What clients must show. */
  token?: string
  /**
   * Makes an environment; a session closes its own. A DimaError `unknown_task`, `invalid_config` or `invalid_request`
   * goes to the client in its words.
   */
  make: (env: string, options: MakeOptions) => Promise<ServedVectorEnv>
  /** Names to offer; `make` may know more. */
  envs?: readonly string[]
  /** How arrays travel. float32 halves the bytes and keeps seven digits; float64, the default, keeps every bit. */
  dtype?: 'float32' | 'float64'
  /** Copies that a client may ask for, default 4096. */
  maxEnvs?: number
  /** Sessions at a time, default 64. */
  maxSessions?: number
  /** Hears of failures that are not a client's. Default: written to stderr. */
  log?: (error: unknown) => void
}

export interface BridgeServer {
  /** ws://host:port */
  readonly url: string
  /** Closes all sockets, and the environments of their sessions. */
  close(): Promise<void>
}

/** After so long without a sign of life TCP asks whether the other machine is there. */
const KEEP_ALIVE_MS = 60_000
/** How long sockets have to say goodbye. */
const GOODBYE_MS = 1000

/** As `npm run bridge` calls them. */
const NAMES: ListenNames = { host: '--host', port: '--port' }

/** Resolves when the server listens. DimaError `invalid_config`. */
export async function serveBridge(options: BridgeServerOptions): Promise<BridgeServer> {
  const { host = '127.0.0.1', port = 0, token } = options
  if (!isLoopback(host) && !token)
    throw new DimaError('invalid_config', `others can reach ${host}: it needs a token`, { field: 'token' })
  const http = createServer(
    { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS },
    (request, response) => {
      const status = request.url === '/healthz' ? 200 : 404
      response
        .writeHead(status, { 'content-type': 'text/plain' })
        .end(status === 200 ? 'ok\n' : 'not found\n')
    },
  )
  const sessions = serveSessions(http, options)
  await listen(http, port, host)
  const { address, family, port: taken } = http.address() as AddressInfo
  return {
    url: `ws://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    close: async () => {
      const closed = new Promise((resolve) => http.close(resolve))
      await sessions.close()
      http.closeAllConnections()
      await closed
    },
  }
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => reject(listenError(error, { host, port }, NAMES)))
    http.listen(port, host, resolve)
  })
}

function serveSessions(http: Server, options: BridgeServerOptions): { close(): Promise<void> } {
  const { token, maxSessions = 64 } = options
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false })
  const admit = admission(token)
  const context = contextOf(options)
  const sessions = new Set<BridgeSession>()
  let served = 0
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refused = sessions.size >= maxSessions ? '503 Service Unavailable' : admit(request)
    if (refused) return refuse(socket, refused)
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new BridgeSession(webSocket, String(++served), context)
      sessions.add(session)
      void session.ended.then(() => sessions.delete(session))
    })
  })
  return {
    close: async () => {
      for (const socket of sockets.clients) socket.close(1001)
      const goodbye = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, GOODBYE_MS)
      await Promise.all([...sessions].map(({ ended }) => ended))
      clearTimeout(goodbye)
    },
  }
}

const contextOf = (options: BridgeServerOptions): BridgeSessionContext => ({
  make: options.make,
  envs: options.envs ?? [],
  dtype: DTYPE[options.dtype ?? 'float64'],
  maxEnvs: options.maxEnvs ?? 4096,
  log: options.log ?? ((error) => console.error(error)),
})

const DTYPE: Record<'float32' | 'float64', FloatDtype> = { float32: '<f4', float64: '<f8' }

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {}) // gone already
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
