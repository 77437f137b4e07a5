// JSON or msgpack: bodies in the type they say, replies in the type that Accept prefers, else in the request's own.
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DimaError } from '../../common/errors.ts'
import { checkDepth } from './depth.ts'
import { encodeJson, isLarge, jsonInTurns } from './json.ts'
import { decodeMsgpack, encodeMsgpack } from './msgpack.ts'

declare module 'fastify' {
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
export type Format = keyof typeof TYPES

/** @param serialized is told how many seconds a reply kept the event loop */
export function negotiation(
  app: FastifyInstance,
  serialized: (format: Format, seconds: number) => void,
): void {
  readJson(app)
  readMsgpack(app)
  app.addHook('onRequest', async (request) => {
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

function readJson(app: FastifyInstance): void {
  const parser = app.getDefaultJsonParser('error', 'error')
  const parse = (request: FastifyRequest, text: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      void parser(request, text, (error, body) => (error ? reject(error) : resolve(body)))
    })
  app.removeContentTypeParser(JSON_TYPE)
  app.addContentTypeParser(
    JSON_TYPE,
    { parseAs: 'string' },
    async (request: FastifyRequest, text: string) => {
      if (mayBeEmpty(request, text)) return undefined
      const body = await parse(request, text)
      checkDepth(body)
      return body
    },
  )
}

function readMsgpack(app: FastifyInstance): void {
  app.addContentTypeParser(
    [...TYPES.msgpack],
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) =>
      mayBeEmpty(request, bytes) ? undefined : decodeMsgpack(bytes),
  )
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
