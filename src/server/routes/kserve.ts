// Health and metadata as the Open Inference Protocol v2 has them, for probes and tools that know KServe or Triton.
// There is no infer: a rollout has seeds, plans and windows that tensors by name can't say. POST /v1/rollout imagines.
import type { FastifyInstance } from 'fastify'
import Type, { type TObject } from 'typebox'
import type { Executors } from '../../api/health.ts'
import { Live, ModelMetadata, ModelReady, Ready, ServerMetadata } from '../../api/kserve.ts'
import { DimaError } from '../../common/errors.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Catalog } from '../catalog.ts'
import type { Draining } from '../draining.ts'
import { kserveMetadata } from '../kserve-tensors.ts'
import { PROBLEM_TYPE, sendProblem } from '../plugins/problem.ts'
import { VERSION } from '../version.ts'

export interface KserveOptions {
  catalog: Catalog
  draining: Draining
  /** how many work right now */
  executors: () => Executors
}

interface Named {
  name: string
  version?: string
}

const problems = {
  default: { description: 'An error', content: { [PROBLEM_TYPE]: { schema: { $ref: 'KserveProblem#' } } } },
}
const Name = Type.String({ maxLength: 200 })

/** A plugin, so that its errors are its own. */
export async function kserveRoutes(app: FastifyInstance, options: KserveOptions): Promise<void> {
  app.setErrorHandler((error, request, reply) =>
    sendProblem(error, request, reply, (problem) => ({ ...problem, error: problem.detail })),
  )
  serverRoutes(app, options)
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
    handler: async () => ({ name: 'dima', version: VERSION, extensions: [] }),
  })
}

function aboutModel(
  app: FastifyInstance,
  options: KserveOptions,
  url: string,
  what: string,
  params: TObject,
): void {
  const { catalog } = options
  app.get<{ Params: Named }>(url, {
    schema: {
      operationId: `tensorsOf${what}`,
      summary: "Tensors of a model's rollouts",
      description: 'There is no infer endpoint: POST /v1/rollout imagines.',
      params,
      response: { 200: ModelMetadata, ...problems },
    },
    handler: async ({ params }) => kserveMetadata(find(catalog, params), catalog.repository),
  })
  app.get<{ Params: Named }>(`${url}/ready`, {
    schema: {
      operationId: `ready${what}`,
      summary: 'Whether this model can be used',
      params,
      response: { 200: ModelReady, ...problems },
    },
    handler: async ({ params }) => {
      const { name } = find(catalog, params)
      checkReady(options)
      return { name, ready: true }
    },
  })
}

function checkReady({ catalog, executors, draining }: KserveOptions): void {
  draining.refuse()
  if (catalog.repository.bundles.length === 0) throw new DimaError('not_ready', 'no model is served')
  if (executors().ready === 0) throw new DimaError('not_ready', 'no executor is ready')
}

/** A version may be a label. Throws DimaError `unknown_model`. */
const find = ({ repository }: Catalog, { name, version }: Named): Bundle =>
  repository.resolve(version === undefined ? name : `${name}@${version}`)
