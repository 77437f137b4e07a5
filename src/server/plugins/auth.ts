// Who asks, before anything else of a request is looked at: request.caller, and whether its key has the route's scope.
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { DimaError } from '../../common/errors.ts'
import { isLoopback } from '../../common/loopback.ts'
import { addressRate, type Visit } from '../auth/address-rate.ts'
import { identify, type KeyRing } from '../auth/keys.ts'
import { origins } from '../auth/origin.ts'
import { anonymous, type Identity, requireScope, type Scope } from '../auth/scopes.ts'
import type { AppConfig } from '../config.ts'

declare module 'fastify' {
  interface FastifyInstance {
    visit: Visit
  }
  interface FastifyRequest {
    /** Undefined on open routes only (scope null). */
    caller: Identity
  }
  interface FastifyContextConfig {
    /** What a key needs for this route; null: open to everyone. Default: read */
    scope?: Scope | null
  }
}

/** Subprotocol entry with the key: a browser can't send another header with a socket. Never choose it in the reply. */
const BEARER_PROTOCOL = 'bearer.'

type Config = Pick<AppConfig, 'HOST' | 'ALLOWED_ORIGINS' | 'ALLOWED_HOSTS' | 'OPEN_RATE_LIMIT'>

/** @param keys absent: everyone is `anonymous` */
export function auth(app: FastifyInstance, config: Config, keys?: { ring(): KeyRing }): void {
  const { checkOrigin, checkHost } = origins(config, keys !== undefined)
  const everyone = anonymous(isLoopback(config.HOST))
  const visit = addressRate(config.OPEN_RATE_LIMIT)
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    try {
      const caller = whoAsks(request)
      if (caller) request.caller = caller
    } finally {
      if (!request.caller) visit(request.ip) // also when it was refused
    }
    if (request.caller) requireScope(request.caller, scopeOf(request)!)
  })
  // Addresses that can't be read never come to a route.
  app.decorate('visit', visit)

  /** Undefined on open routes. Throws DimaError. */
  function whoAsks(request: FastifyRequest): Identity | undefined {
    const { headers, raw } = request
    if (headers.host === undefined && raw.httpVersion !== '1.0')
      throw new DimaError('invalid_request', 'the Host header is missing', { field: 'host' })
    checkHost(headers.host)
    if (changesState(request)) checkOrigin(headers.origin, headers.host)
    if (scopeOf(request) === null) return undefined
    return keys ? authenticate(headers, keys) : everyone
  }
}

function authenticate(headers: IncomingHttpHeaders, keys: { ring(): KeyRing }): Identity {
  const given = givenKey(headers)
  if (given === undefined) throw new DimaError('unauthenticated', 'no key was sent')
  const caller = identify(given, keys.ring)
  if (!caller) throw new DimaError('unauthenticated', 'this key is not valid, or no longer')
  return caller
}

/** A key in the address would be in every log on the way, so there is no way to send one there. */
function givenKey(headers: IncomingHttpHeaders): string | undefined {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? []
  if (bearer !== undefined || !isUpgrade(headers)) return bearer
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((entry) => entry.trim())
  return protocols.find((entry) => entry.startsWith(BEARER_PROTOCOL))?.slice(BEARER_PROTOCOL.length)
}

const isUpgrade = (headers: IncomingHttpHeaders): boolean => headers.upgrade?.toLowerCase() === 'websocket'

/** A page that another origin may not read can still be asked for; only what changes something is refused. */
const changesState = ({ method, headers }: FastifyRequest): boolean =>
  isUpgrade(headers) || !['GET', 'HEAD', 'OPTIONS'].includes(method)

const scopeOf = ({ routeOptions }: FastifyRequest): Scope | null => {
  const scope = routeOptions.config?.scope
  return scope === undefined ? 'read' : scope
}
