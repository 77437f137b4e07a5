// Walks msgpack that a stranger sent before msgpackr sees it, without making a value: what is not plain msgpack
// (extensions, with which msgpackr would define records and references), truncated, trailing, nested too deeply or
// made of far too many containers never gets further.
// Format: https://github.com/msgpack/msgpack/blob/master/spec.md
import { DimaError } from '../../common/errors.ts'
import { type Contents, checkContents, MAX_DEPTH, MAX_FIELDS, tooDeep, tooWide } from './bounds.ts'

const [BYTES, ARRAY, MAP, REFUSED, TEXT] = [0, 1, 2, 3, 4]
/** Looks at the counts so often, in values. */
const LOOK = 4096

/** What each first byte begins, how many bytes of length follow it, and the length that it says itself. */
const KIND = new Uint8Array(256)
const WIDTH = new Uint8Array(256)
const LENGTH = new Uint8Array(256)

const LENGTHS: [first: number, kind: number, length: number][] = [
  ...range(0x80, 16, (n) => [MAP, n]),
  ...range(0x90, 16, (n) => [ARRAY, n]),
  ...range(0xa0, 32, (n) => [TEXT, n]),
  [0xc1, REFUSED, 0], // never used
  ...range(0xc7, 3, () => [REFUSED, 0]), // extensions
  ...range(0xca, 2, (n) => [BYTES, 4 << n]), // floats
  ...range(0xcc, 4, (n) => [BYTES, 1 << n]), // unsigned integers
  ...range(0xd0, 4, (n) => [BYTES, 1 << n]), // integers
  ...range(0xd4, 5, () => [REFUSED, 0]), // extensions
]

const WIDTHS: [first: number, kind: number, width: number][] = [
  ...range(0xc4, 3, (n) => [TEXT, 1 << n]), // binary
  ...range(0xd9, 3, (n) => [TEXT, 1 << n]),
  ...range(0xdc, 2, (n) => [ARRAY, 2 << n]),
  ...range(0xde, 2, (n) => [MAP, 2 << n]),
]

for (const [first, kind, length] of LENGTHS) [KIND[first], LENGTH[first]] = [kind, length]
for (const [first, kind, width] of WIDTHS) [KIND[first], WIDTH[first]] = [kind, width]

/**
 * Throws DimaError `invalid_msgpack`, `invalid_request` or `too_deep` unless `bytes` are exactly one value of plain
 * msgpack. Undefined when it has more than `mostValues`, of which the rest was not looked at.
 */
export function scanMsgpack(bytes: Uint8Array, mostValues = Number.POSITIVE_INFINITY): Contents | undefined {
  const found: Contents = { lists: 0, objects: 0, keys: 0, texts: 0 }
  const open = [1] // values still to come of each container around the current place
  let [at, depth, values] = [0, 0, 0]
  while (depth >= 0) {
    if (open[depth] === 0) {
      depth--
      continue
    }
    open[depth]!--
    if (++values > mostValues) return undefined
    if (values % LOOK === 0) checkContents(found)
    const first = bytes[at++]!
    if (at > bytes.length) throw truncated()
    const width = WIDTH[first]!
    const length = width === 0 ? LENGTH[first]! : lengthAt(bytes, at, width)
    at += width
    const kind = KIND[first]!
    if (kind === REFUSED) throw invalidMsgpack(`extension types are not read (0x${first.toString(16)})`)
    if (kind === MAP && length > MAX_FIELDS) throw tooWide()
    const inner = kind === MAP ? 2 * length : length
    if (inner > bytes.length - at) throw truncated()
    if (kind === BYTES || kind === TEXT) {
      at += length
      if (kind === TEXT) found.texts++
      continue
    }
    if (kind === ARRAY) found.lists++
    else {
      found.objects++
      found.keys += length
    }
    if (depth === MAX_DEPTH) throw tooDeep()
    open[++depth] = inner
  }
  if (at < bytes.length) throw invalidMsgpack(`${bytes.length - at} bytes follow its end`)
  checkContents(found)
  return found
}

export const invalidMsgpack = (why: string): DimaError =>
  new DimaError('invalid_msgpack', `the body is not msgpack: ${why}`)

const truncated = (): DimaError => invalidMsgpack('it ends in the middle of a value')

/** Big-endian; bytes past the end count as 0 and are noticed after. */
function lengthAt(bytes: Uint8Array, at: number, width: number): number {
  let length = 0
  for (let i = 0; i < width; i++) length = length * 256 + (bytes[at + i] ?? 0)
  return length
}

function range(
  first: number,
  count: number,
  entry: (n: number) => [number, number],
): [number, number, number][] {
  return Array.from({ length: count }, (_, n) => [first + n, ...entry(n)])
}
