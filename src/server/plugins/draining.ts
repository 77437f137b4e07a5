// While the server drains, requests that would begin something are refused before their bodies are read. Those that only
// look are answered, and a route says so if it is one of them though its method is not.
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Draining } from '../draining.ts'

declare module 'fastify' {
  interface FastifyInstance {
    draining: Draining
  }
  interface FastifyContextConfig {
    /** answered although the server is about to stop. Default: GET, HEAD and OPTIONS are */
    whileDraining?: boolean
  }
}

/** What clients of sockets get to answer the close frame; whatever is connected after it is cut off. */
const GOODBYES_MS = 1500
const LOOKING = new Set(['GET', 'HEAD', 'OPTIONS'])

/** After auth: who may not ask learns nothing. */
export function drain(app: FastifyInstance, seconds: number): Draining {
  const draining = new Draining(seconds)
  app.decorate('draining', draining)
  app.addHook('onRequest', async ({ method, routeOptions }) => {
    if (!LOOKING.has(method) && !routeOptions.config?.whileDraining) draining.refuse()
  })
  const connections = connectionsOf(app)
  app.addHook('preClose', async () => {
    await draining.run()
    const cut = () => {
      for (const connection of connections) connection.destroy()
    }
    setTimeout(cut, GOODBYES_MS).unref()
  })
  return draining
}

/** Those below HTTP: a handshake of TLS that was begun and left would hold up the end. */
function connectionsOf(app: FastifyInstance): Set<Socket> {
  const connections = new Set<Socket>()
  app.server.on('connection', (connection: Socket) => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
  })
  return connections
}
