// Bytes to messages and back: what other languages write is read, and nothing that a stranger sends does harm.
import { Packr } from 'msgpackr'
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { MOST_LEVELS, MOST_VALUES } from '../../../src/env/bridge/limits.ts'
import { readMessage } from '../../../src/env/bridge/read-message.ts'
import { wholeNumber, writeMessage } from '../../../src/env/bridge/write-message.ts'

const packr = new Packr({ useRecords: false, variableMapSize: true })
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
/** {"a": <these bytes>} */
const field = (bytes: Buffer | string) =>
  Buffer.concat([hex('81 a1 61'), typeof bytes === 'string' ? hex(bytes) : bytes])
const refused = (given: string | RegExp) =>
  expect.objectContaining({
    code: 'bridge_protocol',
    details: expect.objectContaining({ field: 'frame', given: expect.stringMatching(given) }),
  })

test.each<[bytes: string, value: unknown]>([
  ['00', 0],
  ['7f', 127],
  ['ff', -1],
  ['e0', -32],
  ['cc ff', 255],
  ['cd ffff', 65_535],
  ['ce ffffffff', 4_294_967_295],
  ['cf 001fffffffffffff', Number.MAX_SAFE_INTEGER],
  ['d0 80', -128],
  ['d1 8000', -32_768],
  ['d2 80000000', -2_147_483_648],
  ['d3 ffe0000000000001', Number.MIN_SAFE_INTEGER],
  ['ca 3fc00000', 1.5],
  ['cb 3ff8000000000000', 1.5],
  ['cb 7ff0000000000000', Number.POSITIVE_INFINITY],
  ['c2', false],
  ['c3', true],
  ['a3 c3a462', 'äb'],
  ['d9 02 6162', 'ab'],
  ['da 0002 6162', 'ab'],
  ['db 00000002 6162', 'ab'],
  ['c4 02 6162', hex('6162')],
  ['c5 0002 6162', hex('6162')],
  ['c6 00000002 6162', hex('6162')],
  ['92 01 c0', [1, null]],
  ['dc 0002 01 02', [1, 2]],
  ['dd 00000002 01 02', [1, 2]],
  ['81 a1 62 01', { b: 1 }],
  ['81 c4 01 62 01', { b: 1 }], // a binary key
  ['de 0001 a1 62 01', { b: 1 }],
  ['df 00000001 a1 62 01', { b: 1 }],
  ['81 a1 62 c0', {}], // nil is as good as left out
])('reads %s', (bytes, value) => {
  expect({ ...readMessage(field(bytes)) }).toEqual({ a: value })
})

test.each<[what: string, bytes: Buffer, given: RegExp]>([
  ['nothing', hex(''), /end in the middle/],
  ['half a map', hex('81 a1 61'), /end in the middle/],
  ['half a number', field('cb 3ff8'), /end in the middle/],
  ['half a text', field('a5 6162'), /end in the middle/],
  ['bytes that are not there', field('c6 ffffffff'), /end in the middle/],
  ['a list that is not there', field('dd ffffffff'), /end in the middle/],
  ['a map that is not there', field('df ffffffff'), /end in the middle/],
  ['two values', hex('80 80'), /1 bytes after its end/],
  ['a number', hex('01'), /another value/],
  ['a list', hex('90'), /another value/],
  ['binary', hex('c4 01 00'), /another value/],
  ['an extension', field('d4 72 00'), /extension type 0xd4/],
  ['a long extension', field('c7 01 01 00'), /extension type 0xc7/],
  ['a time', field('d7 ff 0000000000000000'), /extension type 0xd7/],
  ['the byte that is never used', field('c1'), /0xc1/],
  ['a large integer', field('cf 0020000000000000'), /53 bits/],
  ['a large negative integer', field('d3 8000000000000000'), /53 bits/],
  ['a number as key', field('81 01 01'), /key/],
  ['a list as key', field('81 90 01'), /levels/],
  ['__proto__', field('81 a9 5f5f70726f746f5f5f 80'), /key/],
  ['a key twice', field('82 a1 62 01 a1 62 02'), /"b" twice/],
])('refuses %s', (_, bytes, given) => {
  expect(() => readMessage(bytes)).toThrow(refused(given))
})

test('reads 16 levels and no more, however many come', () => {
  const lists = (levels: number) => field(Buffer.concat([Buffer.alloc(levels - 1, 0x91), hex('c0')]))
  expect(readMessage(lists(MOST_LEVELS)).a).toBeInstanceOf(Array)
  for (const levels of [MOST_LEVELS + 1, 1000, 1_000_000])
    expect(() => readMessage(lists(levels))).toThrow(refused(/16 levels/))
})

test('reads a million values and no more', () => {
  const list = (length: number) => {
    const head = hex('dd 00000000')
    head.writeUInt32BE(length, 1)
    return field(Buffer.concat([head, Buffer.alloc(length, 1)]))
  }
  expect(readMessage(list(MOST_VALUES - 3)).a).toHaveLength(MOST_VALUES - 3)
  expect(() => readMessage(list(MOST_VALUES))).toThrow(refused(/values/))
})

test('an agent may be called as every object has it', () => {
  const message = readMessage(writeMessage({ constructor: 1, toString: 2 }))
  expect([message.constructor, message.toString, message.valueOf]).toEqual([1, 2, undefined])
})

test('writes integers, floats and binary as other languages expect them', () => {
  expect(writeMessage({ a: 1 })).toEqual(field('01'))
  expect(writeMessage({ a: 0.5 })).toEqual(field('cb 3fe0000000000000'))
  expect(writeMessage({ a: 2 ** 32 - 1 })).toEqual(field('ce ffffffff'))
  expect(writeMessage({ a: wholeNumber(2 ** 32) })).toEqual(field('d3 0000000100000000'))
  expect(writeMessage({ a: wholeNumber(7) })).toEqual(field('07'))
  expect(writeMessage({ a: Buffer.of(1, 2) })).toEqual(field('c4 02 0102'))
  expect(writeMessage({ a: undefined })).toEqual(field('c0'))
})

test('reads what msgpackr writes', () => {
  const message = {
    n: [1, -7, 2.25, 1e300],
    deep: [{ a: [true, 'ä€😀'] }],
    none: {},
    bytes: Buffer.of(0, 255),
  }
  expect(JSON.stringify(readMessage(packr.pack(message)))).toBe(JSON.stringify(message))
})

test('20,000 damaged messages: each is a message or a typed error', () => {
  const rng = new Rng('damage')
  const good = writeMessage({
    type: 'step',
    id: 7,
    actions: { left: { nd: '<f4', s: [1, 2], d: Buffer.alloc(8) } },
  })
  const outcomes = { read: 0, refused: 0 }
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.from(good.subarray(0, rng.int(4) === 0 ? rng.int(good.length) : good.length))
    for (let n = rng.int(4); n >= 0 && bytes.length > 0; n--) bytes[rng.int(bytes.length)] = rng.int(256)
    try {
      readMessage(bytes)
      outcomes.read++
    } catch (error) {
      expect(error).toMatchObject({ code: 'bridge_protocol' })
      outcomes.refused++
    }
  }
  expect(outcomes.read).toBeGreaterThan(1000)
  expect(outcomes.refused).toBeGreaterThan(1000)
})
