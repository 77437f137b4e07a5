// The bodies that cost seconds to parse, as small instances: each is refused by a scan that makes no value.
import { expect, test } from 'vitest'
import { MOST } from '../../../src/server/wire/bounds.ts'
import { decode, isHeavy } from '../../../src/server/wire/decode.ts'

const list = (count: number, entry: (i: number) => string): string =>
  `[${Array.from({ length: count }, (_, i) => entry(i)).join(',')}]`
const object = (from: number, count: number): string =>
  `{${Array.from({ length: count }, (_, i) => `"k${from + i}":0`).join(',')}}`

/** A list of `count` times the same bytes. */
function packed(count: number, ...entry: number[]): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(0xdd)
  head.writeUInt32BE(count, 1)
  return Buffer.concat([head, Buffer.alloc(count * entry.length, Buffer.from(entry))])
}

test.each([
  ['distinct keys', `[${list(40, (i) => object(4000 * i, 4000))}]`, 'keys'],
  ['empty objects', list(MOST.objects + 1, () => '{}'), 'objects'],
  ['empty lists', list(MOST.lists + 1, () => '[]'), 'lists'],
  ['deep lists', list(MOST.lists / 14 + 1, () => '[[[[[[[[[[[[[[]]]]]]]]]]]]]]'), 'lists'],
  ['texts', list(MOST.texts + 1, () => '""'), 'texts'],
  ['msgpack lists', packed(MOST.lists + 1, 0x90), 'lists'],
  ['msgpack maps', packed(MOST.objects + 1, 0x80), 'objects'],
  [
    'msgpack keys',
    packed(Math.ceil(MOST.keys / 15) + 1, 0x8f, ...Array(15).fill([0xa1, 0x61, 1]).flat()),
    'keys',
  ],
  ['msgpack texts', packed(MOST.texts + 1, 0xa1, 0x61), 'texts'],
  ['msgpack binaries', packed(MOST.texts + 1, 0xc4, 1, 0), 'texts'],
])('too many %s are refused by their number', (_, body, what) => {
  const read = () => decode(Buffer.from(body), typeof body === 'string' ? 'json' : 'msgpack')
  expect(read).toThrow(`more than ${MOST[what as keyof typeof MOST]} ${what}`)
  expect(read).toThrow(expect.objectContaining({ code: 'invalid_request' }))
})

test('16 levels are read and no more, however they are nested', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const read = (text: string) => decode(Buffer.from(text), 'json')
  expect(JSON.stringify(read(nested(16)))).toBe(nested(16))
  expect(read('{"a": [{"b": [[[[1, 2]]]]}, "[[[[[[[[[[[[[[[[[[[", "\\"[[[[[[[[[[[[[[[["]}')).toBeTruthy()
  for (const text of [nested(17), nested(100_000), `{"a":${nested(16)}}`, `[1,"x",null,${nested(16)}]`])
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'too_deep' }))
})

test('4096 fields are read and no more', () => {
  const read = (text: string) => decode(Buffer.from(text), 'json')
  expect(Object.keys(read(object(0, 4096)) as object)).toHaveLength(4096)
  expect(() => read(object(0, 4097))).toThrow(expect.objectContaining({ code: 'invalid_request' }))
})

test('texts may have everything in them that means something elsewhere', () => {
  for (const value of ['[{:NaN,Infinity}]', '"\\', '\\"', '', 'N', 'ä[{\u2028'])
    expect(decode(Buffer.from(JSON.stringify({ [value]: [value, 1] })), 'json')).toEqual({
      [value]: [value, 1],
    })
})

test('what comes after a letter that no JSON has is not looked at', () => {
  const nested = '['.repeat(1000)
  for (const letters of ['N', 'I', 'NN', 'Infinit'])
    expect(() => decode(Buffer.from(`[1, ${letters}${nested}`), 'json')).toThrow(
      expect.objectContaining({ code: 'invalid_json' }),
    )
  expect(() => decode(Buffer.from(`[1, NaN${nested}`), 'json')).toThrow(
    expect.objectContaining({ code: 'not_finite' }),
  )
})

test('a number that JSON does not have is named by its place, however long the texts before it are', () => {
  const text = 'a'.repeat(15_000_000)
  const body = `{"note": "${text}", "e\\"}": [[], {"x": [1, "]", NaN]}]}`
  expect(() => decode(Buffer.from(body), 'json')).toThrow(
    expect.objectContaining({
      code: 'not_finite',
      details: expect.objectContaining({ field: 'e\\"}[1].x[2]' }),
    }),
  )
})

test('the largest requests that mean anything are read', () => {
  // 1024 rows of 15 steps of 20 agents; 1024 starts, each of ten states and nine joint actions as tensors
  const actions = list(1024, () => list(15, () => list(20, () => '[0,0]')))
  expect(decode(Buffer.from(actions), 'json')).toHaveLength(1024)
  const marker = [0x84, 0xa1, 0x61, 0xc0, 0xa1, 0x62, 0xa1, 0x62, 0xa1, 0x63, 0x90, 0xa1, 0x64, 0xc0]
  expect(decode(packed(1024 * 19, ...marker), 'msgpack')).toHaveLength(1024 * 19)
})

test('what has much in it is left to a thread, whatever its size', () => {
  const json = (text: string) => isHeavy(Buffer.from(text), 'json')
  expect(json(`{"type":"step","id":1,"actions":${list(400, () => '[0.25,0.5]')}}`)).toBe(false)
  expect(json(list(9000, () => '[]'))).toBe(true)
  expect(json(list(1100, () => '{}'))).toBe(true)
  expect(json(object(0, 3000))).toBe(true)
  expect(json(list(50_000, () => '0.5'))).toBe(true)
  expect(isHeavy(packed(20_000, 1), 'msgpack')).toBe(true)
  const tensor = Buffer.concat([Buffer.from([0x91, 0xc6, 0, 0x40, 0, 0]), Buffer.alloc(4 * 1024 * 1024)])
  expect(isHeavy(tensor, 'msgpack')).toBe(false)
})
