// The AsyncAPI 3 document of /v1/stream, made from the schemas of its messages. Served at /asyncapi.json.
import type { TSchema } from 'typebox'
import {
  Draining,
  Metadata,
  OPERATION_NAMES,
  type Operation,
  replySchema,
  requestSchema,
  StreamError,
  StreamEvent,
} from '../api/stream.ts'
import { VERSION } from './version.ts'

const description = `Live sessions and rollouts of learned simulators over one WebSocket.

**Encoding.** JSON in text frames, msgpack in binary frames; a reply comes in the encoding of its request. The
subprotocol (dima.v1.json, dima.v1.msgpack) chooses that of the first frame. In msgpack an array of numbers is one map,
{"__ndarray__": true, "dtype": "<f4", "shape": [...], "data": bytes}; nested arrays are accepted too.

**Ids and order.** Every request has an id of the client's choice, not used by another request that is still running;
its reply or error repeats it. Requests may be sent without waiting for replies. Replies to session messages come in the
order of their requests, and so do replies to rollouts and plans among themselves; act and cancel are answered as soon as
they are done. An error whose id is null belongs to a message whose id could not be read. Errors leave the socket open.

**Resume.** Sessions outlive their socket: go on with their session_id on another one within the idle time-out. A step
repeated with the same step_id and actions is not taken twice; its stored answer comes again. Requests that are still
waiting when their socket closes are dropped.

**Back-pressure.** The server stops reading while limits.pipeline requests are unanswered, or while the client leaves
too many replies unread; after a while it closes such a socket. It pings, and lets a socket go that stays silent.

**Authentication.** Authorization: Bearer <key> with the upgrade; in a browser the subprotocol bearer.<key> beside
dima.v1.json.

**Close codes.** 1007 text that is not UTF-8; 1008 the key is no longer valid; 1009 a frame larger than
limits.frame_bytes; 1012 the server stops, after a message draining: its sessions end with it, their snapshots do not; 1013 too many replies unread.`

const SUMMARY: Record<Operation, string> = {
  create: 'Open a session',
  get: 'Where a session stands; it counts as use',
  reset: 'Begin an episode',
  step: 'Take a joint step',
  step_many: 'Take a joint step in each of several sessions',
  snapshot: 'A session as text, to be restored here or elsewhere',
  restore: 'Open a session from a snapshot',
  fork: 'Open copies of a session',
  close: 'Close a session',
  act: 'What the policy of a model does on observations of your own',
  rollout: 'Imagine joint trajectories',
  rollout_stream: 'Imagine joint trajectories, step by step: events, then the reply',
  plan: 'Look for the joint actions that the model expects most of',
  cancel: 'Drop a request that is still waiting',
}

/** Messages that the server sends unasked, or on the way to a reply. */
const SENT = {
  metadata: { summary: 'The first frame: models and limits', payload: Metadata },
  draining: { summary: 'The server is about to stop: take snapshots of sessions', payload: Draining },
  event: { summary: 'The start or a step of a streamed rollout', payload: StreamEvent },
  error: { summary: 'A request failed and changed nothing', payload: StreamError },
} as const

const CHANNEL = { $ref: '#/channels/stream' }
const inChannel = (message: string) => ({ $ref: `#/channels/stream/messages/${message}` })
const replyOf = (operation: Operation) => `${operation}_reply`

export function asyncapi(): object {
  const schemas: Record<string, unknown> = {}
  const messages = allMessages((schema) => named(schema, schemas))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'DIMA world model server: stream',
      version: VERSION,
      description,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      local: {
        host: '127.0.0.1:8080',
        protocol: 'ws',
        security: [{ $ref: '#/components/securitySchemes/key' }],
      },
    },
    channels: {
      stream: {
        address: '/v1/stream',
        servers: [{ $ref: '#/servers/local' }],
        messages: mapped(Object.keys(messages), (name) => ({ $ref: `#/components/messages/${name}` })),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: { ...mapped(OPERATION_NAMES, received), ...mapped(Object.keys(SENT), sent) },
    components: {
      messages,
      schemas,
      correlationIds: {
        id: {
          location: '$message.payload#/id',
          description: 'the same in a request, its events and its reply',
        },
      },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'where the server asks for keys' },
      },
    },
  }
}

export const asyncapiDocument = (): string => `${JSON.stringify(asyncapi(), null, 2)}\n`

const received = (operation: Operation) => ({
  action: 'receive',
  summary: SUMMARY[operation],
  channel: CHANNEL,
  messages: [inChannel(operation)],
  reply: { channel: CHANNEL, messages: [inChannel(replyOf(operation)), inChannel('error')] },
})

const sent = (name: string) => ({
  action: 'send',
  summary: SENT[name as keyof typeof SENT].summary,
  channel: CHANNEL,
  messages: [inChannel(name)],
})

function allMessages(payloadOf: (schema: TSchema) => unknown): Record<string, unknown> {
  const message = (name: string, summary: string, schema: TSchema) => [
    name,
    {
      name,
      summary,
      contentType: 'application/json',
      // AsyncAPI knows one content type for a message; each may be either, as the description says.
      'x-content-types': ['application/json', 'application/msgpack'],
      ...(name === 'metadata' || name === 'draining'
        ? {}
        : { correlationId: { $ref: '#/components/correlationIds/id' } }),
      payload: payloadOf(schema),
    },
  ]
  return Object.fromEntries([
    ...OPERATION_NAMES.flatMap((operation) => [
      message(operation, SUMMARY[operation], requestSchema(operation)),
      message(replyOf(operation), `The reply to ${operation}`, replySchema(operation)),
    ]),
    ...Object.entries(SENT).map(([name, { summary, payload }]) => message(name, summary, payload)),
  ])
}

/** Schemas with a name are moved to `schemas` and referred to. */
function named(schema: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((inner) => named(inner, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  const { $id, ...rest } = schema as { $id?: string }
  const inner = mapped(Object.keys(rest), (key) => named(rest[key as keyof typeof rest], schemas))
  if ($id === undefined) return inner
  schemas[$id] = inner
  return { $ref: `#/components/schemas/${$id}` }
}

const mapped = <K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>
