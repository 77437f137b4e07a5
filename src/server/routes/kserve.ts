// Health and metadata as the Open Inference Protocol v2 has them, for probes and tools that know KServe or Triton.
// There is no infer: a rollout has seeds, plans and windows that tensors by name can't say. POST /v1/rollout imagines.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { Live, ModelMetadata, ModelReady, Ready, ServerMetadata } from '../../api/kserve.ts'
import { DimaError } from '../../common/errors.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { Catalog } from '../catalog.ts'
import { PROBLEM_TYPE, sendProblem } from '../plugins/problem.ts'
import { VERSION } from '../version.ts'

export interface KserveOptions {
  catalog: Catalog
  /** whether inference works right now */
  ready: () => boolean
}

const NO_INFER = 'There is no infer endpoint: POST /v1/rollout imagines.'
const Name = Type.String({ maxLength: 200 })
const problems = {
  default: { description: 'An error', content: { [PROBLEM_TYPE]: { schema: { $ref: 'KserveProblem#' } } } },
}
const pages = [
  ['/v2/models/:name', 'Model', Type.Object({ name: Name })],
  ['/v2/models/:name/versions/:version', 'ModelVersion', Type.Object({ name: Name, version: Name })],
] as const

export const kserveRoutes: FastifyPluginCallbackTypebox<KserveOptions> = (app, { catalog, ready }, done) => {
  app.setErrorHandler((error, request, reply) =>
    sendProblem(error, request, reply, (problem) => ({ ...problem, error: problem.detail })),
  )
  const checkReady = () => {
    if (catalog.repository.bundles.length === 0) throw new DimaError('not_ready', 'no model is served')
    if (!ready()) throw new DimaError('not_ready', 'the executors are not ready')
  }
  app.get('/v2/health/live', {
    config: { scope: null },
    schema: {
      operationId: 'live',
      summary: 'Whether the server answers',
      response: { 200: Live, ...problems },
    },
    handler: async () => ({ live: true }) as const,
  })
  app.get('/v2/health/ready', {
    config: { scope: null },
    schema: {
      operationId: 'ready',
      summary: 'Whether a model is served and inference worked lately',
      response: { 200: Ready, ...problems },
    },
    handler: async () => {
      checkReady()
      return { ready: true } as const
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
  for (const [url, operation, params] of pages) {
    app.get(url, {
      schema: {
        operationId: `describe${operation}ForKserve`,
        summary: "Tensors of a model's rollouts",
        description: NO_INFER,
        params,
        response: { 200: ModelMetadata, ...problems },
      },
      handler: async ({ params }) => metadata(find(catalog, params), catalog),
    })
    app.get(`${url}/ready`, {
      schema: {
        operationId: `ready${operation}`,
        summary: 'Whether this model can be used',
        params,
        response: { 200: ModelReady, ...problems },
      },
      handler: async ({ params }) => {
        const { name } = find(catalog, params)
        checkReady()
        return { name, ready: true } as const
      },
    })
  }
  done()
}

/** A version may be a label. Throws DimaError `unknown_model`. */
function find({ repository }: Catalog, { name, version }: { name: string; version?: string }): Bundle {
  return repository.resolve(version === undefined ? name : `${name}@${version}`)
}

const metadata = ({ name, manifest }: Bundle, { repository }: Catalog): ModelMetadata => ({
  name,
  versions: repository.versions(name).map(({ version }) => version),
  platform: 'onnx_onnxv1',
  ...rolloutTensors(manifest),
})

/** B rows, H steps, l start states: free. */
function rolloutTensors(manifest: Manifest): Pick<ModelMetadata, 'inputs' | 'outputs'> {
  const [N, A] = [manifest.agents.length, manifest.action.dimension]
  const [S, O] = [manifest.state.length, manifest.observation.length]
  return {
    inputs: [
      { name: 'start_states', datatype: 'FP64', shape: [-1, -1, S] }, // [B, l, S]
      { name: 'start_actions', datatype: 'FP32', shape: [-1, -1, N, A] }, // [B, l-1, N, A]
      { name: 'actions', datatype: 'FP32', shape: [-1, -1, N, A] }, // [B, H, N, A]
      { name: 'seed', datatype: 'UINT32', shape: [1] },
    ],
    outputs: [
      { name: 'states', datatype: 'FP64', shape: [-1, -1, S] }, // [B, H, S]
      { name: 'observations', datatype: 'FP32', shape: [-1, -1, N, O] }, // [B, H, N, O]
      { name: 'rewards', datatype: 'FP32', shape: [-1, -1] }, // [B, H]
      { name: 'terminations', datatype: 'BOOL', shape: [-1, -1] }, // [B, H]
      { name: 'termination_probabilities', datatype: 'FP32', shape: [-1, -1] }, // [B, H]
      { name: 'lengths', datatype: 'INT32', shape: [-1] }, // [B]
    ],
  }
}
