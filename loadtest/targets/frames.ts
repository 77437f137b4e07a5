// Frames of the socket that are made once and only get an id and other actions before each sending.
import { bytesOf } from '../../src/common/packed-arrays.ts'
import { nest } from '../../src/common/tensors.ts'
import { encode, tensorOf } from './encode.ts'
import type { LoadedModel } from './model.ts'
import type { Encoding } from './rest.ts'

/** A frame under `id` with the next actions; bytes are valid until the next call. */
export type Frames = (id: number) => Buffer | string

/** Large enough to be written in five bytes, and not to occur elsewhere. */
const PLACEHOLDER = 0xa1b2c3d4

/**
 * @param fields of the message besides id and actions
 * @param rows joint actions of a message: actions are [rows, N, A], or [N, A] when rows is undefined
 */
export function framesOf(model: LoadedModel, encoding: Encoding, fields: object, rows?: number): Frames {
  const shape = rows === undefined ? model.joint : [rows, ...model.joint]
  const next = () => model.actions(rows ?? 1)
  if (encoding === 'json') {
    const head = JSON.stringify(fields).slice(0, -1)
    return (id) => `${head},"id":${id},"actions":${JSON.stringify(nest(next(), [...shape]))}}`
  }
  // The actions come last, so their numbers are the last bytes.
  const frame = encode({ ...fields, id: PLACEHOLDER, actions: tensorOf(next(), shape, encoding) }, encoding)
  const idAt = placeholderAt(frame)
  return (id) => {
    const numbers = bytesOf(next())
    frame.writeUInt32BE(id, idAt)
    frame.set(numbers, frame.length - numbers.length)
    return frame
  }
}

function placeholderAt(frame: Buffer): number {
  const token = Buffer.of(0xce, 0, 0, 0, 0)
  token.writeUInt32BE(PLACEHOLDER, 1)
  return frame.indexOf(token) + 1
}
