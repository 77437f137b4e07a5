// What each route may refuse, by status, for readers of the OpenAPI document: what every request can meet on its way, and what
// an operation has of its own. Codes become statuses by the one error table.
import type { FastifyInstance, RouteOptions } from 'fastify'
import { ERRORS } from '../../common/error-table.ts'
import type { ErrorCode } from '../../common/errors.ts'

/** Of any request: broken, from elsewhere, too slow, too long, compressed, too many; or a fault of ours. */
const EVERY = [
  'invalid_request',
  'forbidden',
  'request_timeout',
  'uri_too_long',
  'unsupported_media_type',
  'rate_limited',
  'headers_too_large',
  'internal',
] as const satisfies ErrorCode[]

/** Of a body, before an operation sees it. */
const BODY = [
  'invalid_json',
  'invalid_msgpack',
  'invalid_shape',
  'not_finite',
  'too_deep',
  'body_too_large',
  'overloaded',
  'not_ready',
] as const satisfies ErrorCode[]

const START = ['invalid_shape', 'not_finite', 'action_out_of_range', 'no_start', 'diverged'] as const
const COMPUTED = ['model_gone', 'overloaded', 'executor_failed', 'not_ready', 'invalid_bundle'] as const
const SESSION = [
  ...['session_not_found', 'session_expired', 'session_closed'],
  ...['session_store', 'session_moved', 'model_gone', 'not_ready'],
] as ErrorCode[]
const ROOM = ['session_limit', 'sessions_full', 'session_store'] as const
const STEP = ['invalid_shape', 'not_finite', 'action_out_of_range', 'unknown_agent', 'no_policy'] as const
const LATE = 'deadline_exceeded'
const SIZES = ['batch_out_of_range', 'horizon_out_of_range'] as const
const rollout: ErrorCode[] = [...STEP, ...SIZES, 'unknown_model', 'diverged', ...COMPUTED, LATE]

/** By operationId; other names of an operation end with Alias or Version. */
export const OWN: Readonly<Record<string, readonly ErrorCode[]>> = {
  rollout,
  rolloutStream: [...rollout, 'stream_limit'],
  infer: rollout,
  act: [...STEP, 'batch_out_of_range', 'unknown_model', 'diverged', ...COMPUTED, LATE],
  plan: [
    ...STEP,
    'horizon_out_of_range',
    'no_value',
    'unknown_model',
    ...SESSION,
    ...START,
    ...COMPUTED,
    LATE,
  ],
  createSession: [...START, 'unknown_model', 'unknown_agent', ...ROOM, ...COMPUTED],
  restoreSession: ['invalid_snapshot', 'no_start', 'model_gone', ...ROOM],
  stepSessions: [...STEP],
  getSession: SESSION,
  closeSession: SESSION,
  resetSession: [...START, ...SESSION, 'session_busy', ...COMPUTED],
  stepSession: [
    ...[...STEP, ...SESSION, 'session_busy', 'step_out_of_order', 'step_conflict', 'episode_over'],
    ...['no_start', 'diverged', ...COMPUTED, LATE],
  ] as ErrorCode[],
  snapshotSession: [...SESSION, 'session_busy'],
  forkSession: ['invalid_shape', ...SESSION, 'session_busy', ...ROOM],
  listModels: [],
  describeModel: ['unknown_model', 'not_ready', 'invalid_bundle'],
  pictureOfModel: ['unknown_model', 'not_ready', 'not_found', 'invalid_bundle'],
  reload: [],
  health: [],
  metrics: [],
  live: [],
  ready: ['not_ready', 'draining'],
  proxyHealth: ['not_ready', 'not_found'],
  serverMetadata: [],
  repositoryIndex: [],
  tensorsOfModel: ['unknown_model', 'not_ready'],
  readyModel: ['unknown_model', 'not_ready', 'draining'],
}

/** Before the routes: each that is added later is told so. */
export function tellRefusals(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { schema } = route
    const response = schema?.response as Record<string, unknown> | undefined
    if (!response || schema?.hide) return
    const { content } = response.default as { content: unknown }
    for (const [status, codes] of byStatus(refusalsOf(route)))
      response[status] = {
        description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('; '),
        content,
      }
  })
}

function refusalsOf({ method, schema, config }: RouteOptions): Set<ErrorCode> {
  const { scope, negotiates, whileDraining } = config ?? {}
  const reads = [method].flat().some((one) => one === 'GET' || one === 'HEAD')
  return new Set<ErrorCode>([
    ...EVERY,
    ...(scope === null ? [] : (['unauthenticated'] as const)),
    ...(negotiates ? (['not_acceptable'] as const) : []),
    ...(reads ? [] : BODY),
    ...(reads || whileDraining ? [] : (['draining'] as const)),
    ...(OWN[nameOf(schema?.operationId)] ?? []),
  ])
}

/** Without the names that an operation has besides. */
export const nameOf = (operationId = ''): string => operationId.replace(/(Alias|Version)$/, '')

function byStatus(codes: Iterable<ErrorCode>): Map<number, ErrorCode[]> {
  const statuses = new Map<number, ErrorCode[]>()
  for (const code of codes) {
    const { status } = ERRORS[code]
    statuses.set(status, [...(statuses.get(status) ?? []), code])
  }
  return statuses
}
