// Health, metadata and the index of models as the Open Inference Protocol v2 has them, for probes and tools that know KServe
// or Triton. Infer is in infer.ts.
import type { FastifyInstance } from 'fastify'
import Type, { type TObject } from 'typebox'
import {
  IndexRequest,
  Live,
  ModelMetadata,
  ModelReady,
  Ready,
  RepositoryIndex,
  ServerMetadata,
} from '../../api/kserve.ts'
import type { ServerContext } from '../context.ts'
import { InferBody } from '../kserve/body.ts'
import { repositoryIndex } from '../kserve/repository-index.ts'
import { kserveMetadata } from '../kserve/tensors.ts'
import { sendProblem } from '../plugins/problem.ts'
import type { HealthOptions } from '../readiness.ts'
import { checkFields } from '../rollout/fields.ts'
import { VERSION } from '../version.ts'
import type { Decoder } from '../wire/decoder.ts'
import { inferRoutes } from './infer.ts'
import { findModel, type Named, kserveProblems as problems } from './kserve-model.ts'
import { unchecked } from './schemas.ts'

export interface KserveOptions extends HealthOptions {
  context: ServerContext
  decoder: Decoder
}

const Name = Type.String({ maxLength: 200 })

/** A plugin, so that its errors are its own. */
export async function kserveRoutes(app: FastifyInstance, options: KserveOptions): Promise<void> {
  app.setErrorHandler((error, request, reply) =>
    sendProblem(error, request, reply, (problem) => ({ ...problem, error: problem.detail })),
  )
  serverRoutes(app, options)
  indexRoute(app, options)
  inferRoutes(app, options.context, options.decoder)
  aboutModel(app, options, '/v2/models/:name', 'Model', Type.Object({ name: Name }))
  const version = Type.Object({ name: Name, version: Name })
  aboutModel(app, options, '/v2/models/:name/versions/:version', 'ModelVersion', version)
}

function serverRoutes(app: FastifyInstance, options: KserveOptions): void {
  app.get('/v2/health/live', {
    config: { scope: null },
    schema: {
      operationId: 'live',
      summary: 'Whether the server answers',
      response: { 200: Live, ...problems },
    },
    handler: async () => ({ live: true }),
  })
  app.get('/v2/health/ready', {
    config: { scope: null },
    schema: {
      operationId: 'ready',
      summary: 'Whether a model is served and an executor works',
      response: { 200: Ready, ...problems },
    },
    handler: async () => {
      checkReady(options)
      return { ready: true, executors: options.executors() }
    },
  })
  app.get('/v2', {
    schema: {
      operationId: 'serverMetadata',
      summary: 'Name and version of the server',
      response: { 200: ServerMetadata, ...problems },
    },
    handler: async () => ({ name: 'dima', version: VERSION, extensions: ['binary_tensor_data'] }),
  })
}

function aboutModel(
  app: FastifyInstance,
  options: KserveOptions,
  url: string,
  what: string,
  params: TObject,
): void {
  const { catalog } = options.context
  app.get<{ Params: Named }>(url, {
    schema: {
      operationId: `tensorsOf${what}`,
      summary: "Tensors of a model's rollouts",
      description: 'What infer takes and gives: B rows, H steps and l start states are free, -1.',
      params,
      response: { 200: ModelMetadata, ...problems },
    },
    handler: async ({ params }) => kserveMetadata(findModel(catalog, params), catalog.repository),
  })
  app.get<{ Params: Named }>(`${url}/ready`, {
    schema: {
      operationId: `ready${what}`,
      summary: 'Whether this model can be used',
      params,
      response: { 200: ModelReady, ...problems },
    },
    handler: async ({ params }) => {
      const { name } = findModel(catalog, params)
      checkReady(options)
      return { name, ready: true }
    },
  })
}

function checkReady({ context, requireReady }: KserveOptions): void {
  context.draining.refuse()
  requireReady()
}

/** Without load and unload: bundles are published, and an operator's reload is POST /v1/admin/reload. */
function indexRoute(app: FastifyInstance, { context }: KserveOptions): void {
  app.post('/v2/repository/index', {
    config: { bodyOptional: true, whileDraining: true },
    schema: {
      operationId: 'repositoryIndex',
      summary: 'The models of this server, with those that were refused',
      body: IndexRequest,
      response: { 200: RepositoryIndex, ...problems },
    },
    validatorCompiler: unchecked,
    handler: async ({ body }) => {
      const { ready = false } = checkFields(IndexRequest, fieldsIn(body))
      return repositoryIndex(context.catalog.repository, ready)
    },
  })
}

/** Triton's clients send no type, and often no body. */
function fieldsIn(body: unknown): unknown {
  return (body instanceof InferBody ? body.json : body) ?? {}
}
