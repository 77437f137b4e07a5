// The OpenAPI document, made from the routes' schemas and served at /openapi.json.
import fastifySwagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { KserveProblem } from '../../api/kserve.ts'
import { Problem } from '../../api/problem.ts'
import { VERSION } from '../version.ts'
import { PROBLEM_TYPE } from './problem.ts'

const description = `Learned simulators of multi-agent environments (DIMA world models).

Send start states and joint actions to POST /v1/rollout and get back what the model imagines: states, observations of
every agent, team rewards and terminations. All numbers are in the environment's own units. The same model, request and
seed give the same trajectories. Errors are problem+json; compare their code.`

export function swagger(app: FastifyInstance): void {
  app.addSchema(Problem)
  app.addSchema(KserveProblem)
  app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'DIMA world model server',
        version: VERSION,
        description,
        license: { name: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: TAGS.map(([name, , description]) => ({ name, description })),
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }, {}], // a server on loopback may do without keys
    },
    transform: ({ schema, url }) => ({ schema: { ...schema, tags: [tagOf(url)] }, url }),
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `schema-${i}`) },
  })
}

const TAGS: [name: string, urls: RegExp, description: string][] = [
  ['rollouts', /\/rollout/, 'many trajectories at once, all actions given or played by the policy'],
  ['sessions', /^\/v1\/sessions/, 'live environments, step by step; faster on the socket /v1/stream'],
  ['models', /^\/v1\/models/, 'what is served, and how to call it'],
  ['Open Inference Protocol', /^\/v2/, 'health and metadata, as KServe has them'],
  ['plans', /^\/v1\/plan/, 'actions that a planner finds by imagining'],
  ['policy', /^\/v1\/policy/, "a model's own policy, on what you observed yourself"],
  ['operating', /^/, 'for operators'],
]

const tagOf = (url: string): string => TAGS.find(([, urls]) => urls.test(url))![0]

/** For `schema.response`: what every route may answer besides its own replies. */
export const problemResponse = {
  default: { description: 'An error', content: { [PROBLEM_TYPE]: { schema: { $ref: 'Problem#' } } } },
}
