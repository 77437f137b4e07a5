import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame, frameReader } from '../../loadtest/transport/frames.ts'

const PAYLOAD = {
  kind: 'step',
  bytes: Uint8Array.of(1, 2, 3), // leaves the next array off a multiple of 8
  wide: Float64Array.of(Math.PI, -0),
  narrow: Float32Array.of(1.5, 2.5, 3.5),
  none: new Uint32Array(),
}

const ownBuffer = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer

test('a frame brings back what went into it', () => {
  expect(decodeFrame(ownBuffer(encodeFrame(7, PAYLOAD)))).toEqual({ id: 7, payload: PAYLOAD })
})

test('a part of an array is sent without the rest of its memory', () => {
  const part = Float32Array.of(1, 2, 3, 4).subarray(1, 3)
  const { payload } = decodeFrame(ownBuffer(encodeFrame(1, { part })))
  expect(payload.part).toEqual(Float32Array.of(2, 3))
})

test.each([1, 3, 8, 13, 1000])('frames are found in pieces of %i bytes', (size) => {
  const frames = [1, 2, 3].map((id) => Buffer.from(encodeFrame(id, { ...PAYLOAD, id: `number ${id}` })))
  const stream = Buffer.concat(frames)
  const seen: unknown[] = []
  const read = frameReader((frame) => seen.push(decodeFrame(frame).payload.id))
  for (let at = 0; at < stream.length; at += size) read(stream.subarray(at, at + size))
  expect(seen).toEqual(['number 1', 'number 2', 'number 3'])
})
