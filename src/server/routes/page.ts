// What a browser shows: the page at / and the API explorer at /docs. Both are open and hold nothing secret: with keys, what
// they show is asked for with one.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ADDRESSES, type PageFile, pageFile } from '../page/files.ts'
import { PAGE_HEADERS } from '../page/policy.ts'

export function pageRoutes(app: FastifyInstance): void {
  for (const url of ADDRESSES)
    app.get(url, {
      config: { scope: null },
      schema: { hide: true },
      handler: async (request, reply) => send(request, reply, await pageFile(url)),
    })
}

function send({ headers }: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  reply.headers({ ...PAGE_HEADERS, etag: file.etag, 'cache-control': 'no-cache', vary: 'accept-encoding' })
  if (headers['if-none-match'] === file.etag) return reply.code(304).send()
  reply.type(file.type)
  if (!acceptsGzip(headers['accept-encoding'])) return reply.send(file.bytes)
  return reply.header('content-encoding', 'gzip').send(file.gzipped)
}

const acceptsGzip = (accepted = ''): boolean => /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted)
