// Spoilt values as bytes, which are then spoilt again: JSON text and msgpack.
import { Packr } from 'msgpackr'
import type { Rng } from '../../../src/common/rng.ts'
import { chance, choose, type Json, RAW } from './odd.ts'

const packr = new Packr({ useRecords: false, variableMapSize: true })

const RAW_TEXT = new RegExp(`"${RAW}([^"]*)"`, 'g')

/** JSON, mostly: some of the numbers are none. */
export const json = (value: Json): string => (JSON.stringify(value) ?? '').replaceAll(RAW_TEXT, '$1')

type Spoil = (rng: Rng, bytes: Buffer) => Buffer

const SPOILS: Spoil[] = [
  (rng, bytes) => bytes.subarray(0, rng.int(bytes.length + 1)),
  (rng, bytes) => insert(bytes, rng.int(bytes.length + 1), randomBytes(rng, 1 + rng.int(8))),
  (rng, bytes) => {
    const copy = Buffer.from(bytes)
    for (let i = 0; i <= rng.int(4); i++) copy[rng.int(copy.length)] = rng.int(256)
    return copy
  },
  (rng, bytes) => Buffer.concat([bytes, randomBytes(rng, 1 + rng.int(40))]),
  (_, bytes) => Buffer.concat([bytes, bytes]),
  (rng, bytes) => bytes.subarray(rng.int(Math.min(8, bytes.length + 1))),
]

const TEXTS: ((rng: Rng, text: string) => Buffer)[] = [
  (_, text) => Buffer.from(`\ufeff${text}`),
  (_, text) => Buffer.from(text, 'utf16le'),
  (_, text) => Buffer.from(text.replaceAll('"', "'")),
  (_, text) => Buffer.from(`/* hello */ ${text}`),
  (_, text) => Buffer.from(text.replace(/}$/, ',}')),
  (_, text) => Buffer.from(text.replace('{', '{"__proto__":{"admin":true},')),
  (_, text) => Buffer.from(text.replace('{', '{"constructor":{"prototype":{"admin":true}},')),
  (_, text) => Buffer.from(text.replace('{', '{"seed":1,"seed":2,')),
  (_, text) => Buffer.from(`[${text}]`),
  (_, text) => Buffer.from(`"${text}"`),
  (_, text) => Buffer.concat([Buffer.from(text), Buffer.of(0xff, 0xfe, 0xc3)]),
  (rng) => Buffer.from('['.repeat(choose(rng, [16, 17, 1000, 50_000]))),
  (rng) => closed('[', ']', choose(rng, [15, 16, 17, 1000, 50_000])),
  (rng) => closed('{"a":', '1}', choose(rng, [15, 17, 1000]), '}'),
  () => Buffer.from(''),
  () => Buffer.from('null'),
  () => Buffer.from('\0'),
]

/** JSON text as bytes; every seventh is broken. */
export function jsonBytes(rng: Rng, value: Json): Buffer {
  const text = json(value)
  if (!chance(rng, 0.15)) return Buffer.from(text)
  return chance(rng, 0.5) ? choose(rng, TEXTS)(rng, text) : choose(rng, SPOILS)(rng, Buffer.from(text))
}

/** msgpack with tensors that may lie; every fifth is broken. */
export function msgpackBytes(rng: Rng, value: Json): Buffer {
  if (chance(rng, 0.06)) return choose(rng, BLOBS)(rng)
  const bytes = packr.pack(withTensors(rng, value))
  return chance(rng, 0.15) ? choose(rng, SPOILS)(rng, bytes) : bytes
}

const head = (...bytes: number[]): Buffer => Buffer.from(bytes)

/** Headers that promise what does not come, and what plain msgpack has not. */
const BLOBS: ((rng: Rng) => Buffer)[] = [
  () => head(0xdd, 0xff, 0xff, 0xff, 0xff),
  () => head(0xdf, 0xff, 0xff, 0xff, 0xff),
  () => head(0xdb, 0xff, 0xff, 0xff, 0xff, 0x41),
  () => head(0xc6, 0x7f, 0xff, 0xff, 0xff, 0x00),
  () => head(0xc9, 0x00, 0x00, 0xff, 0xff, 0x01),
  () => head(0xc1),
  () => head(0xd4, 0x72, 0x40), // msgpackr's own records
  () => head(0xd4, 0x00, 0x00),
  () => head(0xd6, 0xff, 0x00, 0x00, 0x00, 0x01), // a timestamp
  () => head(0xd5, 0x62, 0x01, 0x00),
  (rng) => Buffer.alloc(choose(rng, [15, 17, 200, 100_000]), 0x91),
  (rng) => Buffer.alloc(choose(rng, [17, 200]), 0x81),
  (rng) => randomBytes(rng, 1 + rng.int(300)),
  () => Buffer.concat([head(0xdc, 0xff, 0xff), Buffer.alloc(65_535, 0x80)]),
  () => Buffer.alloc(0),
]

/** Lists of numbers become tensors now and then, honest or not, and some names become bytes. */
function withTensors(rng: Rng, value: Json): unknown {
  if (typeof value === 'string') return value.startsWith(RAW) ? Number(value.slice(RAW.length)) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return isNumeric(value) && chance(rng, 0.6)
      ? marker(rng, value)
      : value.map((item) => withTensors(rng, item))
  const fields = Object.entries(value).map(([name, item]) => [name, withTensors(rng, item)] as const)
  return new Map<unknown, unknown>(
    fields.map(([name, item]) => [chance(rng, 0.02) ? Buffer.from(name) : name, item]),
  )
}

const isNumeric = (value: Json): boolean =>
  Array.isArray(value) ? value.length > 0 && value.every(isNumeric) : typeof value === 'number'

const DTYPES = [
  '<f4',
  '<f8',
  '>f4',
  '<i8',
  '|u1',
  '<f2',
  '|O',
  '<c8',
  '|V4',
  '<U4',
  'float32',
  '',
  'f4',
  '<f4 ',
  7,
  null,
  Buffer.from('<f4'),
]

function marker(rng: Rng, value: Json): Map<unknown, unknown> {
  const shape = shapeOf(value)
  const numbers = Float32Array.from([value].flat(9) as number[])
  const data = Buffer.from(numbers.buffer)
  const lies = chance(rng, 0.5)
  const name = (text: string): unknown => (chance(rng, 0.5) ? text : Buffer.from(text))
  const fields: [unknown, unknown][] = [
    [name('__ndarray__'), true],
    [name('dtype'), lies && chance(rng, 0.5) ? choose(rng, DTYPES) : '<f4'],
    [name('shape'), lies ? lyingShape(rng, shape) : shape],
    [name('data'), lies && chance(rng, 0.3) ? lyingData(rng, data) : data],
  ]
  if (chance(rng, 0.1)) fields.splice(rng.int(4), 1)
  return new Map(fields)
}

function shapeOf(value: Json): number[] {
  const shape: number[] = []
  for (let inner = value; Array.isArray(inner); inner = inner[0]!) shape.push(inner.length)
  return shape
}

const lyingShape = (rng: Rng, shape: number[]): unknown =>
  choose<unknown>(rng, [
    shape,
    shape.toReversed(),
    [...shape, 1],
    shape.slice(1),
    shape.map((n) => n + 1),
    shape.map((n) => -n),
    [2 ** 31, 2 ** 31, 2],
    [2 ** 53, 0],
    [0],
    [],
    Array(40).fill(1),
    [1.5, 2],
    ['3'],
    [[3]],
    null,
    'shape',
    { 0: 3, length: 1 },
    [Number.NaN],
  ])

const lyingData = (rng: Rng, data: Buffer): unknown =>
  choose<unknown>(rng, [
    data.subarray(1),
    Buffer.concat([data, data]),
    Buffer.alloc(0),
    'text',
    [...data],
    null,
    Buffer.alloc(data.length, 0xff), // every number is NaN
  ])

export function randomBytes(rng: Rng, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => rng.int(256)))
}

function insert(bytes: Buffer, at: number, more: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
}

const closed = (open: string, close: string, depth: number, rest = close): Buffer =>
  Buffer.from(open.repeat(depth) + close + rest.repeat(depth - 1))
