// Walks msgpack that a stranger sent before msgpackr sees it, without making a value: what is not plain msgpack
// (extensions, with which msgpackr would define records and references), truncated, trailing, nested too deeply or
// made of far too many containers never gets further.
// Format: https://github.com/msgpack/msgpack/blob/master/spec.md
import { DimaError } from '../../common/errors.ts'
import { MAX_DEPTH, tooDeep } from './depth.ts'

/** An empty map takes one byte to send and some two hundred to hold. */
const MOST_MAPS = 65_536
const MOST_ARRAYS = 2_000_000

/** Bytes after the token of values of fixed size: null, booleans, floats, integers. */
const FIXED = widths(
  [0xc0, 0],
  [0xc2, 0],
  [0xc3, 0],
  [0xca, 4],
  [0xcb, 8],
  [0xcc, 1],
  [0xcd, 2],
  [0xce, 4],
  [0xcf, 8],
  [0xd0, 1],
  [0xd1, 2],
  [0xd2, 4],
  [0xd3, 8],
)

/** Bytes of the length that follows the token of binary and text, of arrays, of maps. */
const BLOCK = widths([0xc4, 1], [0xc5, 2], [0xc6, 4], [0xd9, 1], [0xda, 2], [0xdb, 4])
const ARRAY = widths([0xdc, 2], [0xdd, 4])
const MAP = widths([0xde, 2], [0xdf, 4])

/** Throws DimaError `invalid_msgpack` or `too_deep` unless `bytes` are exactly one value of plain msgpack. */
export function scanMsgpack(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const open = [1] // values still to come of each container around the current place
  let [at, arrays, maps] = [0, 0, 0]

  function take(count: number): void {
    at += count
    if (at > bytes.length) throw invalidMsgpack('it ends in the middle of a value')
  }

  function lengthOf(width: number): number {
    const from = at
    take(width)
    if (width === 1) return view.getUint8(from)
    return width === 2 ? view.getUint16(from) : view.getUint32(from)
  }

  function enter(values: number): void {
    if (values > bytes.length - at) throw invalidMsgpack('it ends in the middle of a value')
    if (arrays > MOST_ARRAYS || maps > MOST_MAPS) throw invalidMsgpack('it has too many arrays or maps')
    if (open.length > MAX_DEPTH) throw tooDeep()
    open.push(values)
  }

  const array = (length: number): void => {
    arrays++
    enter(length)
  }
  const map = (length: number): void => {
    maps++
    enter(2 * length)
  }

  function value(): void {
    take(1)
    const token = bytes[at - 1]!
    if (token < 0x80 || token >= 0xe0) return
    if (token < 0x90) map(token & 0x0f)
    else if (token < 0xa0) array(token & 0x0f)
    else if (token < 0xc0) take(token & 0x1f)
    else if (FIXED[token] !== undefined) take(FIXED[token])
    else if (BLOCK[token]) take(lengthOf(BLOCK[token]))
    else if (ARRAY[token]) array(lengthOf(ARRAY[token]))
    else if (MAP[token]) map(lengthOf(MAP[token]))
    else throw invalidMsgpack(`extension types are not read (0x${token.toString(16)})`)
  }

  while (open.length > 0) {
    if (open.at(-1) === 0) open.pop()
    else {
      open[open.length - 1]!--
      value()
    }
  }
  if (at < bytes.length) throw invalidMsgpack(`${bytes.length - at} bytes follow its end`)
}

export const invalidMsgpack = (why: string): DimaError =>
  new DimaError('invalid_msgpack', `the body is not msgpack: ${why}`)

function widths(...entries: [token: number, width: number][]): (number | undefined)[] {
  const table: (number | undefined)[] = Array(256).fill(undefined)
  for (const [token, width] of entries) table[token] = width
  return table
}
