// GET /v1/stream, the upgrade to a socket, and /asyncapi.json. Who asks has been found out by then.
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import { SUBPROTOCOLS } from '../../api/stream.ts'
import { DimaError } from '../../common/errors.ts'
import { asyncapi } from '../asyncapi.ts'
import { rawProblem } from '../plugins/problem.ts'
import type { StreamContext } from './context.ts'
import { metadata } from './metadata.ts'
import { Sockets } from './sockets.ts'

/** Adds /v1/stream and /asyncapi.json, which describes it. Call refuseUpgrades too. */
export async function streamRoute(scope: FastifyInstance, stream: StreamContext): Promise<void> {
  const sockets = new Sockets(stream)
  // A scope of its own: elsewhere an upgrade is answered like any other request.
  await scope.register(async (inner) => {
    await inner.register(websocket, {
      options: {
        maxPayload: stream.config.FRAME_LIMIT_BYTES,
        perMessageDeflate: false,
        clientTracking: false,
        autoPong: false, // Connection answers
        handleProtocols: choose,
      },
      errorHandler: () => {}, // Connection listens; ws itself closes with the right code
      preClose: (done) => done(), // Sockets does it
    })
    inner.websocketServer.on('wsClientError', refuseHandshake)
    const document = asyncapi()
    inner.get('/asyncapi.json', { schema: { hide: true }, handler: async () => document })
    inner.addHook('preClose', () => sockets.shutDown())
    inner.route({
      method: 'GET',
      url: '/v1/stream',
      schema: { hide: true }, // it is in the AsyncAPI document
      preHandler: async (request) => sockets.admit(request.caller.owner),
      handler: async () => {
        throw new DimaError('upgrade_required', '/v1/stream is a WebSocket')
      },
      wsHandler: (socket, request) => {
        const { caller, id, log, raw } = request
        const opened = { socket, connection: raw.socket, caller, id, log }
        sockets.add(opened).tell(metadata(stream))
      },
    })
  })
}

/**
 * For the whole app: an upgrade that was not granted is answered as plain HTTP, and then nobody but us would close its
 * connection. Its body can't be read, so only GET may ask for one.
 */
export function refuseUpgrades(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers, method }) => {
    if (isUpgrade(headers) && method !== 'GET')
      throw new DimaError('invalid_request', 'only GET can be upgraded')
  })
  app.addHook('onResponse', async ({ headers, raw }, reply) => {
    if (isUpgrade(headers) && reply.raw.headersSent) raw.socket.end()
  })
}

const isUpgrade = ({ upgrade, connection }: IncomingHttpHeaders): boolean =>
  upgrade !== undefined && /\bupgrade\b/i.test(connection ?? '')

/** ws would answer in HTML. Its messages name the header that is wrong. */
function refuseHandshake({ message }: Error, connection: Socket): void {
  connection.once('finish', () => connection.destroy())
  connection.end(rawProblem('invalid_request', message, ['Sec-WebSocket-Version: 13']))
}

/** The first that the client named and we know. */
const choose = (offered: Set<string>): string | false =>
  [...offered].find((protocol) => SUBPROTOCOLS.some((known) => known === protocol)) ?? false
