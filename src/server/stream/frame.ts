// Frames of the socket: JSON is text, msgpack is binary, in both directions.
import { Unpackr } from 'msgpackr'
import { DimaError } from '../../common/errors.ts'
import { encodeJson, isLarge, jsonInTurns } from '../wire/json.ts'
import { decodeMsgpack, encodeMsgpack } from '../wire/msgpack.ts'

export type Frame = string | Uint8Array

/** Throws DimaError `invalid_json`, or as decodeMsgpack does. How deep JSON is nested is for checkDepth to see. */
export const decodeFrame = (data: Buffer, binary: boolean): unknown =>
  binary ? decodeMsgpack(data) : parse(data.toString())

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DimaError('invalid_json', 'the frame is not JSON') // the parser's message quotes the text
  }
}

const asMaps = new Unpackr({ useRecords: false, mapsAsObjects: false })

/** Type and id of a msgpack message that decodeMsgpack has found well-formed and otherwise wrong, in a tensor say. */
export function headOf(data: Buffer): { type?: unknown; id?: unknown } {
  const message: unknown = asMaps.unpack(data)
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
