import { expect, test } from 'vitest'
import {
  ARRAYS,
  bytesOf,
  type NumberType,
  numbersOf,
  numberTypeOf,
  packArrays,
  viewNumbers,
} from '../../src/common/packed-arrays.ts'

test('bytes are the memory of the numbers, of a part of an array too', () => {
  const whole = Float32Array.of(1, 2, 3)
  const bytes = bytesOf(whole.subarray(1))
  expect([...bytes]).toEqual([0, 0, 0, 64, 0, 0, 64, 64]) // 2 and 3, little endian
  bytes.writeFloatLE(7, 0)
  expect(whole[1]).toBe(7)
})

test.each(Object.keys(ARRAYS) as NumberType[])('%s comes back from bytes that begin anywhere', (type) => {
  const values = ARRAYS[type].from([0, 1, 250])
  for (const before of [0, 1, 8]) {
    const message = Buffer.concat([Buffer.alloc(before), bytesOf(values)])
    const bytes = message.subarray(before)
    for (const read of [numbersOf, viewNumbers]) {
      expect(read(type, bytes)).toEqual(values)
      expect(read(type, bytes, 3)).toEqual(values)
    }
  }
  expect(numberTypeOf(values)).toBe(type)
})

test('a copy has memory of its own, a view has not where the bytes are aligned', () => {
  const memory = new Uint8Array(16)
  const aligned = memory.subarray(8, 16)
  const [copy, view] = [numbersOf('f4', aligned), viewNumbers('f4', aligned)]
  const moved = viewNumbers('f4', memory.subarray(3, 11))
  memory.fill(1)
  expect([copy[0], moved[0]]).toEqual([0, 0])
  expect(view[0]).toBeGreaterThan(0)
  expect([copy.buffer.byteLength, moved.buffer.byteLength]).toEqual([8, 8])
})

test.each([
  ['text', 'it is not binary', 'f4', 'abcd', undefined],
  ['a list', 'it is not binary', 'u1', [1, 2], undefined],
  ['numbers that are not bytes', 'it is not binary', 'f4', Float32Array.of(1), undefined],
  ['a part of a number', 'it has 6 bytes, numbers have 4 each', 'i4', Buffer.alloc(6), undefined],
  ['too few', 'it has 8 bytes, not 16', 'f8', Buffer.alloc(8), 2],
  ['too many', 'it has 3 bytes, not 2', 'u1', Buffer.alloc(3), 2],
] as const)('refuses %s', (_, message, type, bytes, count) => {
  expect(() => numbersOf(type, bytes, count)).toThrow(message)
  expect(() => viewNumbers(type, bytes, count)).toThrow(message)
})

test('an array of another type has no name', () => {
  expect(() => numberTypeOf(new BigInt64Array(1) as never)).toThrow('no array')
})

test('packs the arrays inside of fields and lists, and leaves the rest', () => {
  const value = { a: [Float32Array.of(1), 2], b: { c: Int32Array.of(3), d: null }, e: 'text' }
  expect(packArrays(value)).toEqual({
    a: [Buffer.of(0, 0, 128, 63), 2],
    b: { c: Buffer.of(3, 0, 0, 0), d: null },
    e: 'text',
  })
  expect(packArrays(value, numberTypeOf)).toEqual({ a: ['f4', 2], b: { c: 'i4', d: null }, e: 'text' })
  expect(value.b.c).toEqual(Int32Array.of(3))
})
