// The head of a request: what it asks for and under which id. Fields are checked by whoever does it.
import { ANSWER, type RequestType } from './messages.ts'
import { type Fields, readMessage } from './read-message.ts'
import { BridgeRefusal, noMessage } from './refusal.ts'

/** Throws a BridgeRefusal, fatal, as `idOf` does. */
export function readRequest(data: Buffer, binary: boolean): Fields {
  if (!binary) throw noMessage('a text frame is no message: marl-env/1 is msgpack')
  try {
    return readMessage(data)
  } catch (error) {
    throw noMessage((error as Error).message)
  }
}

export function idOf({ id }: Fields): number {
  if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 32) return id as number
  throw noMessage('a request has an id: an integer of 32 bits without a sign')
}

export function typeOf({ type }: Fields): RequestType {
  if (typeof type === 'string' && Object.hasOwn(ANSWER, type)) return type as RequestType
  throw new BridgeRefusal('unsupported', `a request has one of the types ${Object.keys(ANSWER).join(', ')}`)
}
