// A frame becomes a message: what it asks for, under which id, with which fields. Fields are checked by the operation.
import { OPERATIONS, type Operation as OperationName, type RequestId, TRACEPARENT } from '../../api/stream.ts'
import { DimaError } from '../../common/errors.ts'
import type { Scope } from '../auth/scopes.ts'
import { WireTensor } from '../wire/tensor.ts'
import { headWithin } from './frame.ts'
import { headOf } from './head.ts'

/** As much as could be read: an error is answered under its id and type where it has them. */
export interface Message {
  op: OperationName | null
  id: RequestId | null
  traceparent: string | undefined
  /** the operation's own */
  fields: object
  /** why there is nothing to run */
  error?: unknown
}

export const SCOPE_OF: Record<OperationName, Scope> = {
  create: 'session',
  get: 'session',
  reset: 'session',
  step: 'session',
  step_many: 'session',
  snapshot: 'session',
  restore: 'session',
  fork: 'session',
  close: 'session',
  act: 'rollout',
  rollout: 'rollout',
  rollout_stream: 'rollout',
  plan: 'rollout',
  cancel: 'read',
}

const TRACE = new RegExp(TRACEPARENT)

/** @param decoded the frame's value */
export function messageOf(decoded: unknown, binary: boolean): Message {
  const message = unread()
  try {
    readInto(message, decoded, binary)
  } catch (error) {
    message.error = error
  }
  return message
}

/** Of a frame that can't or may not be decoded: what is wrong is told to whoever waits for its id. */
export function refusedMessage(data: Uint8Array, binary: boolean, error: unknown): Message {
  const message: Message = { ...unread(), error }
  try {
    const { type, id } = binary && isReadable(data, error) ? headWithin(data) : headOf(data, binary)
    message.id = readId(id, 'id')
    message.op = readType(type)
  } catch {
    // the error that is there already comes first
  }
  return message
}

const unread = (): Message => ({ op: null, id: null, traceparent: undefined, fields: {} })

/** Whether the frame has passed the scan and is small, so that reading it costs nothing. */
const isReadable = ({ length }: Uint8Array, error: unknown): boolean =>
  length <= MOST_READ_AGAIN &&
  error instanceof DimaError &&
  (error.code === 'invalid_request' || error.code === 'invalid_shape')

const MOST_READ_AGAIN = 4096

function readInto(message: Message, decoded: unknown, binary: boolean): void {
  if (
    typeof decoded !== 'object' ||
    decoded === null ||
    Array.isArray(decoded) ||
    decoded instanceof WireTensor
  )
    throw new DimaError(binary ? 'invalid_msgpack' : 'invalid_json', 'a message is one object')
  const { type, id, traceparent, ...fields } = decoded as Record<string, unknown>
  message.id = readId(id, 'id')
  message.op = readType(type)
  message.traceparent = readTraceparent(traceparent)
  message.fields = fields
}

export const isId = (id: unknown): id is RequestId =>
  typeof id === 'string' ? id.length <= 64 : Number.isSafeInteger(id) && (id as number) >= 0

/** Throws DimaError `invalid_request`. */
export function readId(id: unknown, field: string): RequestId {
  if (isId(id)) return id
  throw new DimaError(
    'invalid_request',
    `${field} is text of at most 64 characters, or an integer from 0 on`,
    {
      field,
    },
  )
}

function readType(type: unknown): OperationName {
  if (typeof type === 'string' && Object.hasOwn(OPERATIONS, type)) return type as OperationName
  throw new DimaError('unknown_type', 'no message has this type', {
    field: 'type',
    expected: Object.keys(OPERATIONS),
  })
}

function readTraceparent(traceparent: unknown): string | undefined {
  if (traceparent === undefined) return undefined
  if (typeof traceparent === 'string' && TRACE.test(traceparent)) return traceparent
  throw new DimaError('invalid_request', 'traceparent is not a W3C trace context', { field: 'traceparent' })
}

/** The id that a cancel names. Throws DimaError `invalid_request`. */
export function readCancel({ request_id, ...others }: { request_id?: unknown }): RequestId {
  const [field] = Object.keys(others)
  if (field !== undefined) throw new DimaError('invalid_request', 'cancel has no such field', { field })
  return readId(request_id, 'request_id')
}
