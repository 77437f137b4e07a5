// Frames of the socket: JSON is text, msgpack is binary, in both directions.
import { Unpackr } from 'msgpackr'
import { encodeJson, isLarge, jsonInTurns } from '../wire/json.ts'
import { encodeMsgpack } from '../wire/msgpack.ts'
import type { Head } from './head.ts'

export type Frame = string | Uint8Array

const asMaps = new Unpackr({ useRecords: false, mapsAsObjects: false })

/** Type and id of a msgpack message that is light and well-formed, and otherwise wrong, in a tensor say. */
export function headWithin(data: Uint8Array): Head {
  const message: unknown = asMaps.unpack(data as Buffer)
  return message instanceof Map ? { type: message.get('type'), id: message.get('id') } : {}
}

export const encodeFrame = (message: object, binary: boolean): Frame =>
  binary ? encodeMsgpack(message) : encodeJson(message)

/** A large text is written in turns, so that other sockets are served in between. */
export function encodeReply(message: object, binary: boolean): Frame | Promise<Frame> {
  return binary || !isLarge(message) ? encodeFrame(message, binary) : textInTurns(message)
}

async function textInTurns(message: object): Promise<string> {
  let text = ''
  for await (const piece of jsonInTurns(message)) text += piece
  return text
}
