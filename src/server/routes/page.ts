// What a browser shows: the page at / and the API explorer at /docs. Both are open and hold nothing secret: with keys, what
// they show is asked for with one.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { bestOf, encoded } from '../page/encodings.ts'
import { type PageFile, pageFile, sourcesOf } from '../page/files.ts'

/** @param playground whether the page has it */
export function pageRoutes(app: FastifyInstance, playground: boolean): void {
  for (const [url, source] of Object.entries(sourcesOf(playground)))
    app.get(url, {
      config: { scope: null },
      schema: { hide: true },
      handler: async (request, reply) => send(request, reply, await pageFile(source)),
    })
}

async function send({ headers }: FastifyRequest, reply: FastifyReply, file: PageFile): Promise<FastifyReply> {
  reply.headers({ ...file.headers, etag: file.etag, 'cache-control': 'no-cache', vary: 'accept-encoding' })
  if (headers['if-none-match'] === file.etag) return reply.code(304).send()
  reply.type(file.type)
  const encoding = bestOf(headers['accept-encoding'])
  if (!encoding) return reply.send(file.bytes)
  return reply.header('content-encoding', encoding).send(await encoded(file, encoding))
}
