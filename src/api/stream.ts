// Messages of the socket /v1/stream: JSON in text frames, msgpack in binary frames; a reply comes in the encoding of its
// request. The server speaks first (metadata). Every request has an id of the client's choice, which its reply repeats.
// Replies to session messages come in the order of their requests, and so do replies to rollouts and plans among themselves;
// act and cancel wait for nobody.
import Type, { type Static, type TObject, type TSchema } from 'typebox'
import { ModelSummary } from './models.ts'
import { PlanReply, PlanRequest } from './plan.ts'
import { ActReply, ActRequest } from './policy.ts'
import { Problem } from './problem.ts'
import { RolloutRequest, RolloutResponse, StreamedEnd, StreamedStart, StreamedStep } from './rollout.ts'
import {
  AUTORESET_MODES,
  Closed,
  CreateSession,
  Forked,
  ForkSession,
  ResetSession,
  RestoreSession,
  SessionId,
  SessionState,
  Snapshot,
  StepMany,
  StepManyReply,
  StepReply,
  StepSession,
} from './sessions.ts'
import { strict } from './shapes.ts'

/** The subprotocols; the metadata frame comes in the chosen one's encoding, JSON when none was named. */
export const SUBPROTOCOLS = ['dima.v1.json', 'dima.v1.msgpack'] as const

export const RequestId = Type.Union([
  Type.String({ maxLength: 64 }),
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
])
export type RequestId = Static<typeof RequestId>

const ofSession = { session_id: SessionId }

/** Fields of a request and of its reply by type, besides type, id and traceparent. */
export const OPERATIONS = {
  create: { request: CreateSession, reply: SessionState },
  get: { request: Type.Object(ofSession, strict), reply: SessionState },
  reset: { request: merge(ofSession, ResetSession), reply: SessionState },
  step: { request: merge(ofSession, StepSession), reply: StepReply },
  step_many: { request: StepMany, reply: StepManyReply },
  snapshot: { request: Type.Object(ofSession, strict), reply: Snapshot },
  restore: { request: RestoreSession, reply: SessionState },
  fork: { request: merge(ofSession, ForkSession), reply: Forked },
  close: { request: Type.Object(ofSession, strict), reply: Closed },
  act: { request: ActRequest, reply: ActReply },
  rollout: { request: RolloutRequest, reply: RolloutResponse },
  /** Its events come before its reply: one start, then a step for each t. */
  rollout_stream: { request: RolloutRequest, reply: StreamedEnd },
  plan: { request: PlanRequest, reply: PlanReply },
  /** Drops a request of this socket that is still waiting; what was canceled is answered with an error. */
  cancel: {
    request: Type.Object({ request_id: RequestId }, strict),
    reply: Type.Object({ canceled: Type.Boolean({ description: 'whether it was still waiting' }) }, strict),
  },
} as const satisfies Record<string, { request: TObject; reply: TObject }>
export type Operation = keyof typeof OPERATIONS
export const OPERATION_NAMES = Object.keys(OPERATIONS) as Operation[]

/** Of a traceparent, https://www.w3.org/TR/trace-context/. */
export const TRACEPARENT = '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'

/** Fields that every request has besides its own. */
export const Envelope = {
  id: RequestId,
  traceparent: Type.Optional(
    Type.String({ pattern: TRACEPARENT, description: 'W3C trace context; goes into the log and the reply' }),
  ),
}

/** A request as a whole: {type, id, ...fields}. */
export const requestSchema = (operation: Operation): TObject =>
  merge({ type: Type.Literal(operation), ...Envelope }, OPERATIONS[operation].request)

/** A reply as a whole: {type: 'reply', op, id, ...fields}. */
export const replySchema = (operation: Operation): TObject =>
  merge(
    {
      type: Type.Literal('reply'),
      op: Type.Literal(operation),
      id: RequestId,
      traceparent: Type.Optional(Type.String()),
    },
    withoutType(OPERATIONS[operation].reply),
  )

/** The first frame, before anything is asked. */
export const Metadata = Type.Object(
  {
    type: Type.Literal('metadata'),
    protocol: Type.Literal('dima-stream/1'),
    server: Type.Object({ name: Type.Literal('dima'), version: Type.String() }, strict),
    models: Type.Array(ModelSummary),
    operations: Type.Array(Type.String()),
    autoreset_modes: Type.Array(Type.Enum(AUTORESET_MODES)),
    limits: Type.Object(
      {
        frame_bytes: Type.Integer(),
        batch: Type.Integer({ description: 'rows of a rollout' }),
        stream_horizon: Type.Integer({ description: 'steps of rollout_stream' }),
        sessions: Type.Integer({ description: 'of one key' }),
        pending_steps: Type.Integer({ description: 'requests of one session that may wait' }),
        pipeline: Type.Integer({
          description: 'unanswered requests of one socket; with so many nothing more is read from it',
        }),
        idle_timeout_seconds: Type.Number(),
        ping_seconds: Type.Number({ description: 'the server pings so often; 0: never' }),
      },
      strict,
    ),
  },
  strict,
)
export type Metadata = Static<typeof Metadata>

/** The server is about to stop: it begins nothing more, and closes the socket (1012) when what is running is answered. */
export const Draining = Type.Object(
  {
    type: Type.Literal('draining'),
    drain_ms: Type.Integer({ description: 'what is not answered by then fails' }),
  },
  strict,
)
export type Draining = Static<typeof Draining>

/** The request failed and changed nothing. id is null when the request had none that could be read. */
export const StreamError = Type.Object(
  {
    type: Type.Literal('error'),
    op: Type.Union([Type.String(), Type.Null()]),
    id: Type.Union([RequestId, Type.Null()]),
    problem: Problem,
  },
  strict,
)
export type StreamError = Static<typeof StreamError>

/** Something on the way to the reply of rollout_stream. */
export const StreamEvent = Type.Object(
  {
    type: Type.Literal('event'),
    op: Type.Literal('rollout_stream'),
    id: RequestId,
    event: Type.Union([StreamedStart, StreamedStep]),
  },
  strict,
)
export type StreamEvent = Static<typeof StreamEvent>

function merge(fields: Record<string, TSchema>, { properties }: TObject): TObject {
  return Type.Object({ ...fields, ...properties }, strict)
}

function withoutType({ properties }: TObject): TObject {
  const { type: _, ...rest } = properties
  return Type.Object(rest, strict)
}
