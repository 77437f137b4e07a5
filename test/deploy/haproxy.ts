// HAProxy with our configuration for a test, in front of servers that only tell who they are.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { openProxy } from '../../loadtest/reliability/fleet/proxy.ts'

export interface Upstream {
  name: string
  port: number
  /** what it does when it is asked whether it is ready */
  health: 'ready' | 'draining' | 'frozen'
  /** It takes no connections any more, and those that it has end. */
  die(): void
}

const STATUS = { ready: 200, draining: 404 }

/** Answers every request with its name, and every message of a socket. */
export async function startUpstream(name: string): Promise<Upstream> {
  const die = () => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  }
  const upstream: Upstream = { name, port: 0, health: 'ready', die }
  const server = createServer(({ url }, response) => {
    if (url !== '/healthz/proxy') return void response.end(name)
    if (upstream.health !== 'frozen') response.writeHead(STATUS[upstream.health]).end()
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', () => socket.send(name)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  upstream.port = (server.address() as AddressInfo).port
  onTestFinished(die)
  return upstream
}

/** @returns the port that it listens on */
export async function startProxy(upstreams: readonly Upstream[]): Promise<number> {
  const { port, close } = await openProxy(upstreams.map(({ port }) => port))
  onTestFinished(close)
  return port
}
