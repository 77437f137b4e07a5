// Type, id and session of a frame without decoding it: as far as they stand before its first list, object or binary. What is refused
// before it is read, or can't be read, is answered under its id all the same.
import { parseJson } from '../../common/json.ts'

export interface Head {
  type?: unknown
  id?: unknown
  session_id?: unknown
}

/** Type and id are short; a head that is longer is not looked for. */
const MOST_BYTES = 1024

export function headOf(data: Uint8Array, binary: boolean): Head {
  const bytes = Buffer.from(data.buffer, data.byteOffset, Math.min(data.byteLength, MOST_BYTES))
  const head: Head = {}
  for (const [name, value] of binary ? packedPairs(bytes) : textPairs(bytes.toString()))
    if (name === 'type' || name === 'id' || name === 'session_id') head[name] ??= value
  return head
}

const PAIR = /\s*[{,]\s*"([^"\\]*)"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)(?=\s*[,}])/y

function* textPairs(text: string): Generator<[name: string, value: unknown]> {
  PAIR.lastIndex = 0
  for (let pair = PAIR.exec(text); pair; pair = PAIR.exec(text)) {
    const [, name = '', value = ''] = pair
    const next = PAIR.lastIndex
    yield [name, parseJson(value)]
    PAIR.lastIndex = next
  }
}

/** Of a map whose keys are text or binary and whose values are text or whole numbers, up to the first that is not. */
function* packedPairs(bytes: Buffer): Generator<[name: string, value: unknown]> {
  const reader = new Reader(bytes)
  const pairs = reader.mapLength()
  for (let i = 0; i < pairs; i++) {
    const [name, value] = [reader.scalar(), reader.scalar()]
    if (typeof name !== 'string' || value === undefined) return
    yield [name, value]
  }
}

class Reader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  mapLength(): number {
    const first = this.byte()
    if (first >= 0x80 && first <= 0x8f) return first - 0x80
    return first === 0xde ? this.whole(2) : first === 0xdf ? this.whole(4) : 0
  }

  /** Undefined for what is neither text nor a whole number. */
  scalar(): string | number | undefined {
    const first = this.byte()
    if (first <= 0x7f) return first
    if (first >= 0xa0 && first <= 0xbf) return this.text(first - 0xa0)
    if (first === 0xd9 || first === 0xc4) return this.text(this.whole(1))
    if (first === 0xda) return this.text(this.whole(2))
    if (first >= 0xcc && first <= 0xcf) return this.whole(1 << (first - 0xcc))
    return undefined
  }

  private text(length: number): string | undefined {
    const from = this.at
    this.at += length
    return this.at <= this.bytes.length ? this.bytes.toString('utf8', from, this.at) : undefined
  }

  private whole(width: number): number {
    let value = 0
    for (let i = 0; i < width; i++) value = value * 256 + this.byte()
    return value
  }

  /** 0xc1, which msgpack never uses, past the end. */
  private byte(): number {
    return this.bytes[this.at++] ?? 0xc1
  }
}
