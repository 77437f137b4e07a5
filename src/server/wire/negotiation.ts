// JSON or msgpack: bodies in the type they say, replies in the type that Accept prefers, else in the request's own.
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DimaError } from '../../common/errors.ts'
import { Bodies, type BodyLimits } from './bodies.ts'
import type { Format } from './decode.ts'
import type { Decoder } from './decoder.ts'
import { encodeJson, isLarge, jsonInTurns } from './json.ts'
import { encodeMsgpack } from './msgpack.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** A body in full, of a type that a route reads by itself. Throws DimaError as bodies do. */
    receive(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer>
  }
  interface FastifyContextConfig {
    /** An Accept header that names neither format is refused before anything is computed. Default: it is ignored */
    negotiates?: boolean
    /** A request without a body, whatever type it says, is one without fields. */
    bodyOptional?: boolean
  }
}

export const JSON_TYPE = 'application/json'
export const MSGPACK_TYPE = 'application/msgpack'
/** For `schema.consumes`. */
export const CONSUMES = [JSON_TYPE, MSGPACK_TYPE]

const TYPES = { json: [JSON_TYPE], msgpack: [MSGPACK_TYPE, 'application/x-msgpack'] } as const

export interface Negotiation {
  decoder: Decoder
  limits: BodyLimits
  /** is told how many seconds a reply kept the event loop */
  serialized: (format: Format, seconds: number) => void
}

export function negotiation(app: FastifyInstance, { decoder, limits, serialized }: Negotiation): void {
  const bodies = new Bodies(limits)
  app.decorate('receive', (request: FastifyRequest, payload: IncomingMessage) =>
    bodies.read(payload, ownerOf(request)),
  )
  readBodies(app, decoder, bodies)
  app.addHook('onRequest', async (request) => {
    checkEncoding(request)
    if (request.routeOptions.config?.negotiates && !formatOf(request))
      throw new DimaError('not_acceptable', 'neither JSON nor msgpack is accepted')
  })
  // Replies that are objects; text, such as a problem, goes out as it is.
  app.addHook('preSerialization', async (request, reply, payload) => {
    const format = formatOf(request) ?? 'json'
    if (format === 'msgpack') reply.type(MSGPACK_TYPE)
    const encode = format === 'msgpack' ? encodeMsgpack : encodeJson
    reply.serializer((value: unknown) => {
      const began = performance.now()
      const encoded = encode(value)
      serialized(format, (performance.now() - began) / 1000)
      return encoded as string // bytes go out as they are; Fastify's type does not say so
    })
    return payload
  })
}

/** For replies that can be large: as JSON they go out in pieces. */
export function sendReply(request: FastifyRequest, reply: FastifyReply, body: object): FastifyReply {
  if (formatOf(request) === 'msgpack' || !isLarge(body)) return reply.send(body)
  return reply
    .type(`${JSON_TYPE}; charset=utf-8`)
    .send(Readable.from(jsonInTurns(body), { objectMode: false }))
}

/** Every body in full, then decoded; errors of the connection are told by the parts that see them. */
function readBodies(app: FastifyInstance, decoder: Decoder, bodies: Bodies): void {
  app.removeContentTypeParser(JSON_TYPE)
  for (const format of ['json', 'msgpack'] as const)
    app.addContentTypeParser(
      [...TYPES[format]],
      async (request: FastifyRequest, payload: IncomingMessage) => {
        const owner = ownerOf(request)
        const bytes = await bodies.read(payload, owner)
        return mayBeEmpty(request, bytes) ? undefined : decoder.decode(bytes, format, owner, true)
      },
    )
  app.addHook('preClose', async () => bodies.endAll())
}

export const ownerOf = ({ caller }: FastifyRequest): string => caller?.owner ?? 'anonymous'

function checkEncoding({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  throw new DimaError('unsupported_media_type', 'compressed bodies are not read: send no Content-Encoding', {
    field: 'content-encoding',
    expected: 'identity',
    given: encoding.slice(0, 80),
  })
}

const mayBeEmpty = ({ routeOptions }: FastifyRequest, body: { length: number }): boolean =>
  body.length === 0 && routeOptions.config?.bodyOptional === true

/** Undefined when neither is accepted. */
export function formatOf({ headers }: FastifyRequest): Format | undefined {
  const own = TYPES.msgpack.some((type) => headers['content-type']?.toLowerCase().startsWith(type))
    ? 'msgpack'
    : 'json'
  if (headers.accept === undefined) return own
  const ranges = mediaRanges(headers.accept)
  const [json, msgpack] = [quality(TYPES.json, ranges), quality(TYPES.msgpack, ranges)]
  if (json === 0 && msgpack === 0) return undefined
  if (json === msgpack) return own
  return json > msgpack ? 'json' : 'msgpack'
}

/** Of an Accept header: type and weight (RFC 9110, 12.5.1). What is not understood weighs 1. */
function mediaRanges(accept: string): Map<string, number> {
  const ranges = accept.split(',').map((range): [string, number] => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const q = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    return [type, q >= 0 && q <= 1 ? q : 1]
  })
  return new Map(ranges)
}

/** The most specific range decides; the best of a format's names counts. */
function quality(types: readonly string[], ranges: Map<string, number>): number {
  const named = types.flatMap((type) => ranges.get(type) ?? [])
  return named.length > 0 ? Math.max(...named) : (ranges.get('application/*') ?? ranges.get('*/*') ?? 0)
}
