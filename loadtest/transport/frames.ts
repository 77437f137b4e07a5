// A hand-made binary frame: arrays as they lie in memory, so that the other side only has to look at them.
//   u32 length of what follows the first 8 bytes, u32 length of the head, head (JSON: id, plain values, and for each
//   array name, type and count), then the arrays, each from a multiple of 8 bytes on.
import {
  ARRAYS,
  bytesOf,
  type NumberType,
  numberTypeOf,
  type TypedArray,
} from '../../src/common/packed-arrays.ts'
import type { Payload } from './payload.ts'
import { isNumbers } from './payload.ts'

interface Head {
  id: number
  plain: Payload
  arrays: [name: string, type: NumberType, count: number][]
}

const PREFIX = 8
const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8

export function encodeFrame(id: number, payload: Payload): Uint8Array {
  const entries = Object.entries(payload)
  const arrays = entries.filter((entry): entry is [string, TypedArray] => isNumbers(entry[1]))
  const head: Head = {
    id,
    plain: Object.fromEntries(entries.filter(([, value]) => !isNumbers(value))),
    arrays: arrays.map(([name, array]) => [name, numberTypeOf(array), array.length]),
  }
  const text = Buffer.from(JSON.stringify(head))
  const start = aligned(PREFIX + text.length)
  const total = arrays.reduce((sum, [, array]) => sum + aligned(array.byteLength), start)
  const frame = Buffer.alloc(total)
  frame.writeUInt32LE(total - PREFIX, 0)
  frame.writeUInt32LE(text.length, 4)
  frame.set(text, PREFIX)
  let at = start
  for (const [, array] of arrays) {
    frame.set(bytesOf(array), at)
    at += aligned(array.byteLength)
  }
  return frame
}

/** Arrays are views of `frame`. */
export function decodeFrame(frame: ArrayBuffer): { id: number; payload: Payload } {
  const view = new DataView(frame)
  const length = view.getUint32(4, true)
  const { id, plain, arrays } = JSON.parse(Buffer.from(frame, PREFIX, length).toString()) as Head
  const payload: Payload = { ...plain }
  let at = aligned(PREFIX + length)
  for (const [name, type, count] of arrays) {
    const array = new ARRAYS[type](frame, at, count)
    payload[name] = array
    at += aligned(array.byteLength)
  }
  return { id, payload }
}

/** Puts the pieces of a stream together and tells of every whole frame. */
export function frameReader(whole: (frame: ArrayBuffer) => void): (piece: Uint8Array) => void {
  const prefix = new Uint8Array(PREFIX)
  let [prefixed, filled] = [0, 0]
  let frame: Uint8Array<ArrayBuffer> | undefined
  return (piece) => {
    let at = 0
    while (at < piece.length) {
      if (!frame) {
        const part = piece.subarray(at, at + PREFIX - prefixed)
        prefix.set(part, prefixed)
        prefixed += part.length
        at += part.length
        if (prefixed < PREFIX) return
        frame = new Uint8Array(PREFIX + new DataView(prefix.buffer).getUint32(0, true))
        frame.set(prefix)
        filled = PREFIX
      }
      const part = piece.subarray(at, at + frame.length - filled)
      frame.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < frame.length) return
      const done = frame.buffer
      frame = undefined
      prefixed = 0
      whole(done)
    }
  }
}
