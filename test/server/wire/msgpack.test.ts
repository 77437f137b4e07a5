import { Packr, Unpackr } from 'msgpackr'
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { decodeMsgpack, encodeMsgpack } from '../../../src/server/wire/msgpack.ts'
import { WireTensor } from '../../../src/server/wire/tensor.ts'

// What another language would write and read: plain maps and arrays, bytes for tensors.
const packr = new Packr({ useRecords: false, variableMapSize: true })
const plain = new Unpackr({ useRecords: false, mapsAsObjects: true })
const bytesOf = (numbers: Float32Array | Float64Array | Int32Array) =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const refusal = (code: string, field?: string) =>
  expect.objectContaining({ code, ...(field ? { details: expect.objectContaining({ field }) } : {}) })

test('reads what other languages write and writes what they read', () => {
  const request = { model: 'tiny', seed: 7, deep: [{ a: [1, -2.5, null, true], text: 'ä€' }], none: {} }
  expect(decodeMsgpack(packr.pack(request))).toEqual(request)
  expect(plain.unpack(encodeMsgpack(request))).toEqual(request)
})

test('writes tensors as one block with text keys, and leaves undefined fields out', () => {
  const data = Float32Array.of(9, 1, 2, 3, 4, 5, 6, 9).subarray(1, 7)
  const bytes = encodeMsgpack({
    states: new WireTensor(data, [2, 3]),
    final: undefined,
    list: [null, { x: 1 }],
  })
  expect(plain.unpack(bytes)).toEqual({
    states: {
      __ndarray__: true,
      dtype: '<f4',
      shape: [2, 3],
      data: Buffer.from(bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6))),
    },
    list: [null, { x: 1 }],
  })
})

test('tensors survive the way there and back, at any place in the frame', () => {
  for (const pad of ['', 'x', 'xx', 'xxx', 'xxxx']) {
    const tensor = new WireTensor(Float64Array.of(0.1, -1e300, 3), [3])
    const { actions } = decodeMsgpack(encodeMsgpack({ pad, actions: tensor })) as { actions: WireTensor }
    expect(actions).toBeInstanceOf(WireTensor)
    expect(actions).toEqual(tensor)
  }
})

/** {key: value} with text or binary keys, as Python writes them with either convention. */
function pythonMap(entries: [string, unknown][], binary: boolean): Map<unknown, unknown> {
  return new Map(entries.map(([key, value]) => [binary ? Buffer.from(key) : key, value]))
}

const markers: [name: string, entries: [string, unknown][]][] = [
  [
    'openpi',
    [
      ['__ndarray__', true],
      ['data', hex('0000803f 00000040')],
      ['dtype', '<f4'],
      ['shape', [1, 2]],
    ],
  ],
  [
    'msgpack-numpy',
    [
      ['nd', true],
      ['type', '<f4'],
      ['kind', Buffer.alloc(0)],
      ['shape', [1, 2]],
      ['data', hex('0000803f 00000040')],
    ],
  ],
  [
    'dtype as bytes',
    [
      ['__ndarray__', true],
      ['data', hex('0000803f 00000040')],
      ['dtype', Buffer.from('<f4')],
      ['shape', [1, 2]],
    ],
  ],
]

test.each(
  markers.flatMap(([name, entries]) => [true, false].map((binary) => [name, binary, entries] as const)),
)('%s arrays, binary keys: %s', (_, binary, entries) => {
  const request = new Map([['actions', pythonMap([...entries], binary)]])
  expect(decodeMsgpack(packr.pack(request))).toEqual({
    actions: new WireTensor(Float32Array.of(1, 2), [1, 2]),
  })
})

test.each([
  ['<f4', '0000c03f', 1.5],
  ['>f4', '3fc00000', 1.5],
  ['<f8', '000000000000f83f', 1.5],
  ['>f8', '3ff8000000000000', 1.5],
  ['|u1', 'ff', 255],
  ['|i1', 'ff', -1],
  ['<i2', 'feff', -2],
  ['>u2', '0102', 258],
  ['<i4', 'ffffff7f', 2147483647],
  ['<u4', 'ffffffff', 4294967295],
  ['<i8', 'fbffffffffffffff', -5],
  ['>u8', '0000000000000007', 7],
  ['<f2', '003e', 1.5],
  ['>f2', '3e00', 1.5],
  ['=f4', '0000c03f', 1.5],
])('dtype %s', (dtype, data, value) => {
  const tensor = decodeMsgpack(
    packr.pack({ __ndarray__: true, dtype, shape: [1], data: hex(data) }),
  ) as WireTensor
  expect([...tensor.data]).toEqual([value])
  expect(decodeMsgpack(packr.pack({ seed: { nd: false, type: dtype, data: hex(data) } }))).toEqual({
    seed: value,
  })
})

test.each(['|O', '|V8', '<c8', '<f1', '<U4', '|b2', '<f16', 'f4', '', 7, null, ['x', '<f4']])(
  'refuses dtype %j and names it',
  (dtype) => {
    const request = { starts: [{ states: { __ndarray__: true, dtype, shape: [1], data: Buffer.alloc(4) } }] }
    expect(() => decodeMsgpack(packr.pack(request))).toThrow(
      refusal('invalid_request', 'starts[0].states.dtype'),
    )
  },
)

test('a tensor of bools is one of zeros and ones', () => {
  const flags = { __ndarray__: true, dtype: '|b1', shape: [3], data: hex('010001') }
  expect(decodeMsgpack(packr.pack(flags))).toEqual(new WireTensor(Float32Array.of(1, 0, 1), [3]))
})

/** As openpi's packer writes a NumPy scalar: the value itself. */
const generic = (dtype: string, data: unknown) =>
  new Map<unknown, unknown>([
    [Buffer.from('__npgeneric__'), true],
    [Buffer.from('data'), data],
    [Buffer.from('dtype'), dtype],
  ])

test('NumPy scalars are numbers wherever one may stand', () => {
  const request = {
    seed: generic('<i8', 7),
    deadline_ms: generic('<f4', 1.5),
    large: generic('<i8', 2n ** 40n),
    flag: generic('|b1', true),
    bytes: generic('<f8', hex('000000000000f83f')),
    whole: { __ndarray__: true, dtype: '<i8', shape: [], data: hex('0700000000000000') },
    actions: [[generic('<f4', 0.5), 1]],
  }
  expect(decodeMsgpack(packr.pack(request))).toEqual({
    seed: 7,
    deadline_ms: 1.5,
    large: 2 ** 40,
    flag: true,
    bytes: 1.5,
    whole: 7,
    actions: [[0.5, 1]],
  })
  expect(() => decodeMsgpack(packr.pack({ seed: generic('<i8', [7]) }))).toThrow(
    refusal('invalid_request', 'seed.data'),
  )
})

const f4 = (change: object) => ({
  a: { __ndarray__: true, dtype: '<f4', shape: [2], data: Buffer.alloc(8), ...change },
})

test.each([
  ['too few bytes', f4({ data: Buffer.alloc(7) }), 'invalid_shape', 'a.data'],
  ['too many bytes', f4({ data: Buffer.alloc(9) }), 'invalid_shape', 'a.data'],
  ['a shape that says more', f4({ shape: [1e9, 1e9] }), 'invalid_shape', 'a.data'],
  ['a negative size', f4({ shape: [-2] }), 'invalid_request', 'a.shape'],
  ['half a size', f4({ shape: [0.5] }), 'invalid_request', 'a.shape'],
  ['too many axes', f4({ shape: Array(9).fill(1) }), 'invalid_request', 'a.shape'],
  ['no shape', f4({ shape: null }), 'invalid_request', 'a.shape'],
  ['text for data', f4({ data: 'xxxxxxxx' }), 'invalid_request', 'a.data'],
  ['binary that is no tensor', { a: Buffer.alloc(3) }, 'invalid_request', 'a'],
  ['binary in a list', { a: [1, Buffer.alloc(3)] }, 'invalid_request', 'a[1]'],
  ['an integer of 64 bits', { seed: 2n ** 63n }, 'invalid_request', 'seed'],
])('refuses %s', (_, request, code, field) => {
  expect(() => decodeMsgpack(packr.pack(request))).toThrow(refusal(code, field))
})

test('reads integers of 64 bits that are small', () => {
  expect(decodeMsgpack(hex('82 a1 61 cf 0000000000000007 a1 62 d3 fffffffffffffffb'))).toEqual({
    a: 7,
    b: -5,
  })
})

const nestedArrays = (depth: number) => Buffer.concat([Buffer.alloc(depth, 0x91), hex('c0')])

test('reads 16 levels and no more', () => {
  expect(JSON.stringify(decodeMsgpack(nestedArrays(16)))).toBe(`${'['.repeat(16)}null${']'.repeat(16)}`)
  for (const depth of [17, 1000, 200_000])
    expect(() => decodeMsgpack(nestedArrays(depth))).toThrow(refusal('too_deep'))
})

test.each([
  ['nothing', ''],
  ['bytes after the end', '80 c0'],
  ['a cut map', '81 a1'],
  ['a cut text', 'a5 6162'],
  ['a cut number', 'cb 00000000'],
  ['a cut length', 'dd 0000'],
  ['an array of 4 billion', 'dd ffffffff 00'],
  ['a cut map of many', 'de 0fff 01'],
  ['a text of 4 billion', 'db ffffffff 61'],
  ['binary of 4 billion', 'c6 ffffffff 61'],
  ['the byte that is never used', 'c1'],
  ['a definition of a record', '92 d4 72 40 91 a1 61 40 07'],
  ['a record of a definition that is not there', '92 d5 7240 07 c0'],
  ['undefined', 'd4 00 00'],
  ['a date', 'd6 ff 00000000'],
  ['a reference', '92 d6 70 00000001 90'],
  ['a typed array', 'c7 05 74 01 00000000'],
  ['bundled texts', '92 c8 0002 62 0000 c0'],
  ['ext 32', 'c9 ffffffff 01'],
  ['a key that is a number', '81 01 02'],
  ['a key that is a map', '81 80 02'],
  ['a key twice, as text and binary', '82 a1 61 01 c4 01 61 02'],
  ['__proto__', '81 a9 5f5f70726f746f5f5f 81 a1 61 01'],
  ['binary __proto__', '81 c4 09 5f5f70726f746f5f5f 81 a1 61 01'],
])('refuses %s', (_, text) => {
  expect(() => decodeMsgpack(hex(text))).toThrow(refusal('invalid_msgpack'))
  expect(({} as { a?: unknown }).a).toBeUndefined()
})

test('refuses more maps than any request has', () => {
  const maps = Buffer.alloc(100_000, 0x80)
  const header = Buffer.from([0xdd, 0, 0x01, 0x86, 0xa0])
  expect(() => decodeMsgpack(Buffer.concat([header, maps]))).toThrow(refusal('invalid_request', 'body'))
})

test('refuses a map with more fields than any request has', () => {
  const fields = Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`k${i}`, i]))
  expect(() => decodeMsgpack(packr.pack(fields))).toThrow(refusal('invalid_request', 'body'))
  expect(() => decodeMsgpack(hex('df ffffffff'))).toThrow(refusal('invalid_request', 'body'))
  const { k0: _, ...fewer } = fields
  expect(decodeMsgpack(packr.pack(fewer))).toEqual(fewer)
})

test('names of Object.prototype are names like others', () => {
  const request = { constructor: 1, toString: 2, hasOwnProperty: 3 }
  expect(decodeMsgpack(packr.pack(request))).toEqual(request)
})

/** A value of anything that plain msgpack has. */
function draw(rng: Rng, depth: number): unknown {
  const kinds = [
    () => rng.int(2) === 1,
    () => null,
    () => rng.int(2 ** 31) - 2 ** 30,
    () => rng.normal(),
    () => 'äx'.repeat(rng.int(20)),
    () => Array.from({ length: rng.int(5) }, () => draw(rng, depth + 1)),
    () => Object.fromEntries(Array.from({ length: rng.int(20) }, (_, i) => [`k${i}`, draw(rng, depth + 1)])),
  ]
  return kinds[rng.int(depth > 4 ? 5 : kinds.length)]!()
}

test('agrees with msgpackr on whatever is plain', () => {
  const rng = new Rng(1, 'plain values')
  for (let i = 0; i < 300; i++) {
    const value = draw(rng, 0)
    expect(decodeMsgpack(packr.pack(value))).toEqual(value)
    expect(decodeMsgpack(encodeMsgpack(value))).toEqual(value)
  }
})

test('damaged bytes are read or refused, never anything else', () => {
  const rng = new Rng(2, 'damage')
  const good = encodeMsgpack({
    actions: new WireTensor(new Float32Array(12), [2, 2, 3]),
    starts: [{ states: [[1.5]] }],
  })
  let refused = 0
  for (let i = 0; i < 5000; i++) {
    const bytes = Buffer.from(good.subarray(0, rng.int(3) === 0 ? rng.int(good.length) : good.length))
    for (let k = 0; k <= rng.int(3) && bytes.length > 0; k++) bytes[rng.int(bytes.length)] = rng.int(256)
    try {
      decodeMsgpack(bytes)
    } catch (error) {
      refused++
      expect((error as { name: string }).name).toBe('DimaError')
    }
  }
  expect(refused).toBeGreaterThan(1000)
})
