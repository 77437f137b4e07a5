// Bodies that are costly to parse for their size. Some are legal requests' worth of numbers, none means anything.
import type { Format } from '../../../src/server/wire/decode.ts'

export interface Costly {
  name: string
  format: Format
  /** @param size bytes */
  make(size: number): Buffer
}

const REPEATED = {
  'empty objects': '{}',
  'deep lists': '[[[[[[[[[[[[[]]]]]]]]]]]]]',
  'empty lists': '[]',
  'rows of numbers': '[0.25,0.5]',
  'ragged rows': '[1],[1,2]',
  numbers: '0.125',
  digits: '0',
  texts: '""',
  nulls: '0,null',
}

const PACKED = {
  'msgpack binaries': [0xc4, 1, 0],
  'msgpack lists': [0x90],
  'msgpack maps': [0x80],
  'msgpack integers': [1],
  'msgpack texts': [0xa1, 0x61],
}

export const COSTLY: Costly[] = [
  { name: 'distinct keys', format: 'json', make: (size) => Buffer.from(distinctKeys(size)) },
  ...Object.entries(REPEATED).map(
    ([name, entry]): Costly => ({ name, format: 'json', make: (size) => Buffer.from(repeated(entry, size)) }),
  ),
  ...Object.entries(PACKED).map(
    ([name, entry]): Costly => ({ name, format: 'msgpack', make: (size) => packed(entry, size) }),
  ),
]

function around(list: string): string {
  return `{"type":"rollout","id":1,"actions":${list}}`
}

const repeated = (entry: string, size: number): string =>
  around(`[${`${entry},`.repeat(Math.floor((size - 100) / (entry.length + 1))).slice(0, -1)}]`)

/** Thousands to an object, as many as one may have. */
function distinctKeys(size: number): string {
  const objects: string[] = []
  for (let length = 0, key = 0; length < size - 60_000; ) {
    const fields = Array.from({ length: 4000 }, () => `"k${key++}":1`)
    objects.push(`{${fields.join(',')}}`)
    length += objects.at(-1)!.length + 1
  }
  return around(`[${objects.join(',')}]`)
}

/** {"type": "rollout", "id": 1, "actions": [entry, entry, ...]} */
function packed(entry: number[], size: number): Buffer {
  const count = Math.floor((size - 100) / entry.length)
  const head = Buffer.from('83a474797065a7726f6c6c6f7574a2696401a7616374696f6e73dd00000000', 'hex')
  head.writeUInt32BE(count, head.length - 4)
  return Buffer.concat([head, Buffer.alloc(count * entry.length, Buffer.from(entry))])
}
