// Frames of the socket: JSON is text, msgpack is binary, in both directions.
import { DimaError } from '../../common/errors.ts'
import { checkDepth } from '../wire/depth.ts'
import { encodeJson, isLarge, jsonInTurns } from '../wire/json.ts'
import { decodeMsgpack, encodeMsgpack } from '../wire/msgpack.ts'

export type Frame = string | Uint8Array

/** Throws DimaError `invalid_json`, `invalid_msgpack`, `too_deep`, or for a wrong tensor as decodeMsgpack does. */
export const decodeFrame = (data: Buffer, binary: boolean): unknown =>
  binary ? decodeMsgpack(data) : decodeText(data)

function decodeText(data: Buffer): unknown {
  const decoded = parse(data.toString())
  checkDepth(decoded)
  return decoded
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DimaError('invalid_json', 'the frame is not JSON') // the parser's message quotes the text
  }
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
