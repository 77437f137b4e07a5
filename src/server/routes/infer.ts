// POST /v2/models/{name}/infer, with or without a version: a rollout as the Open Inference Protocol has it.
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { DimaError } from '../../common/errors.ts'
import type { ServerContext } from '../context.ts'
import { BINARY_TYPE, HEADER_LENGTH, InferBody, splitBody } from '../kserve/body.ts'
import { infer } from '../kserve/infer.ts'
import type { Inferred } from '../kserve/reply.ts'
import type { Decoder } from '../wire/decoder.ts'
import { encodeJson } from '../wire/json.ts'
import { JSON_TYPE, ownerOf, sendReply } from '../wire/negotiation.ts'
import { perform } from './answer.ts'
import { findModel, kserveProblems, type Named } from './kserve-model.ts'
import { refer, unchecked } from './schemas.ts'

const Name = Type.String({ maxLength: 200 })

/** In the scope of the protocol's routes alone: bodies without a type are read here, and nowhere else. */
export function inferRoutes(app: FastifyInstance, context: ServerContext, decoder: Decoder): void {
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
    readBody(app, decoder, request, payload),
  )
  inferRoute(app, context, '/v2/models/:name/infer', 'infer', Type.Object({ name: Name }))
  const version = Type.Object({ name: Name, version: Name })
  inferRoute(app, context, '/v2/models/:name/versions/:version/infer', 'inferVersion', version)
}

function inferRoute(
  app: FastifyInstance,
  context: ServerContext,
  url: string,
  operationId: string,
  params: Type.TObject,
): void {
  const content = Object.fromEntries(
    [JSON_TYPE, BINARY_TYPE].map((type) => [type, { schema: refer('InferReply') }]),
  )
  app.post<{ Params: Named }>(url, {
    config: { scope: 'rollout' },
    schema: {
      operationId,
      summary: 'Imagine joint trajectories: tensors in, tensors out',
      description:
        'POST /v1/rollout for clients of KServe and Triton. GET of the model lists the tensors; the other choices of a rollout are parameters. With the header Inference-Header-Content-Length tensors are bytes behind the JSON, in the order in which it names them.',
      params,
      body: refer('InferRequest'),
      consumes: [JSON_TYPE, BINARY_TYPE],
      response: { 200: { description: 'Done', content }, ...kserveProblems },
    },
    validatorCompiler: unchecked,
    handler: async (request, reply) => {
      const bundle = findModel(context.catalog, request.params)
      const { body } = request
      const given = body instanceof InferBody ? body : new InferBody(body, new Uint8Array())
      return send(
        request,
        reply,
        await perform((caller) => infer(context, bundle, given, caller), request, reply),
      )
    },
  })
}

/** A body without a type, or with that of bytes; others are refused. */
async function readBody(
  app: FastifyInstance,
  decoder: Decoder,
  request: FastifyRequest,
  payload: IncomingMessage,
): Promise<InferBody> {
  const { 'content-type': type = BINARY_TYPE, [HEADER_LENGTH]: header } = request.headers
  if (!type.toLowerCase().startsWith(BINARY_TYPE))
    throw new DimaError('unsupported_media_type', 'no such body is read')
  const bytes = await app.receive(request, payload)
  const [json, binary] = splitBody(bytes, header === undefined ? undefined : String(header))
  return new InferBody(await decoder.decode(json, 'json', ownerOf(request)), binary)
}

function send(request: FastifyRequest, reply: FastifyReply, { json, binary }: Inferred): FastifyReply {
  if (binary.length === 0) return sendReply(request, reply, json)
  const head = Buffer.from(encodeJson(json))
  return reply
    .type(BINARY_TYPE)
    .header(HEADER_LENGTH, head.length)
    .send(Buffer.concat([head, ...binary]))
}
