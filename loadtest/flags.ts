// What `npm run loadtest` can be told.
import Type, { type Static } from 'typebox'
import { ARRIVALS } from './arrivals.ts'
import { ENCODINGS } from './targets/rest.ts'

export const KINDS = ['rollout', 'session', 'stream', 'vector'] as const

export const Flags = Type.Object(
  {
    url: Type.String({ default: 'http://127.0.0.1:8080', description: 'server; a loopback address' }),
    key: Type.String({ default: '', description: 'API key, if the server asks for one' }),
    model: Type.String({
      default: '',
      description: 'name, name@version or name@label (default: the first served)',
    }),
    kind: Type.Enum(KINDS, {
      default: 'rollout',
      description:
        'rollout: POST /v1/rollout; session: POST /v1/sessions/{id}/step; ' +
        'stream: steps over the socket; vector: vectorised steps over the socket',
    }),
    mode: Type.Enum(['closed', 'open'], {
      default: 'closed',
      description: 'closed: as fast as answers come; open: at --rate, latency from when a request was due',
    }),
    concurrency: Type.Integer({ default: 4, minimum: 1, description: 'callers, sessions or vectors' }),
    rate: Type.Number({
      default: 10,
      exclusiveMinimum: 0,
      description: 'requests a second of an open loop, all together',
    }),
    arrivals: Type.Enum(ARRIVALS, {
      default: 'poisson',
      description: 'poisson or even gaps in an open loop',
    }),
    rows: Type.Integer({ default: 16, minimum: 1, description: 'rows of a rollout, sessions of a vector' }),
    horizon: Type.Integer({
      default: 0,
      minimum: 0,
      description: "steps of a rollout; 0: the model's horizon",
    }),
    encoding: Type.Enum(ENCODINGS, { default: 'msgpack', description: 'json or msgpack' }),
    sockets: Type.Integer({ default: 4, minimum: 1, description: 'sockets that sessions are spread over' }),
    warmUp: Type.Number({ default: 2, minimum: 0, description: 'seconds before anything counts' }),
    window: Type.Number({
      default: 2,
      exclusiveMinimum: 0,
      description: 'seconds of a window; three in a row within 10 % of their mean are a result',
    }),
    seconds: Type.Number({
      default: 20,
      exclusiveMinimum: 0,
      maximum: 3600,
      description: 'most seconds of windows, if the rate does not become stable',
    }),
    objectiveMs: Type.Number({ default: 250, minimum: 0, description: 'goodput counts answers within it' }),
    out: Type.String({ default: '', description: 'JSON file for the figures' }),
  },
  { additionalProperties: false },
)
export type Flags = Static<typeof Flags>
