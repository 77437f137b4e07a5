// Bytes become a message. Not by msgpackr: it acts on extensions of its own, throws on binary keys, and makes a value of
// anything, however large.
import { MOST_LEVELS, MOST_VALUES } from './limits.ts'
import { protocolError } from './protocol-error.ts'

/** A map of a message. It has no prototype: an agent may be called `constructor`. */
export type Fields = Readonly<Record<string, unknown>>

/** One map with its text; binary shares memory with `bytes`. DimaError `bridge_protocol` if it is anything else. */
export function readMessage(bytes: Buffer): Fields {
  const reader = new Reader(bytes)
  const message = reader.value(0)
  reader.assertEnd()
  if (!isMap(message)) throw unreadable('another value')
  return message
}

export const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

const unreadable = (given: string) =>
  protocolError('frame', 'is not a message', 'one plain msgpack map', given)

/** Plain msgpack without extensions (https://github.com/msgpack/msgpack/blob/master/spec.md). */
class Reader {
  private readonly bytes: Buffer
  private at = 0
  private left = MOST_VALUES

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  value(level: number): unknown {
    if (--this.left < 0) throw unreadable(`more than ${MOST_VALUES} values`)
    const first = this.unsigned(1)
    if (first < 0x80) return first
    if (first < 0x90) return this.map(first & 15, level)
    if (first < 0xa0) return this.list(first & 15, level)
    if (first < 0xc0) return this.text(first & 31)
    return first < 0xe0 ? this.marked(first, level) : first - 256
  }

  assertEnd(): void {
    const more = this.bytes.length - this.at
    if (more > 0) throw unreadable(`${more} bytes after its end`)
  }

  private marked(first: number, level: number): unknown {
    if (first <= 0xc6) return this.plain(first)
    if (first >= 0xca && first <= 0xd3) return this.number(first)
    if (first >= 0xd9 && first <= 0xdb) return this.text(this.unsigned(1 << (first - 0xd9)))
    if (first === 0xdc || first === 0xdd) return this.list(this.unsigned(first === 0xdc ? 2 : 4), level)
    if (first === 0xde || first === 0xdf) return this.map(this.unsigned(first === 0xde ? 2 : 4), level)
    throw unreadable(`the extension type 0x${first.toString(16)}`)
  }

  private plain(first: number): unknown {
    if (first === 0xc0) return null
    if (first === 0xc2 || first === 0xc3) return first === 0xc3
    if (first >= 0xc4) return this.binary(this.unsigned(1 << (first - 0xc4)))
    throw unreadable('the byte 0xc1')
  }

  private number(first: number): number {
    if (first === 0xca) return this.bytes.readFloatBE(this.take(4))
    if (first === 0xcb) return this.bytes.readDoubleBE(this.take(8))
    if (first <= 0xce) return this.unsigned(1 << (first - 0xcc))
    if (first >= 0xd0 && first <= 0xd2) {
      const width = 1 << (first - 0xd0)
      return this.bytes.readIntBE(this.take(width), width)
    }
    const at = this.take(8)
    const high = first === 0xcf ? this.bytes.readUInt32BE(at) : this.bytes.readInt32BE(at)
    const whole = high * 2 ** 32 + this.bytes.readUInt32BE(at + 4)
    if (!Number.isSafeInteger(whole)) throw unreadable('an integer of more than 53 bits')
    return whole
  }

  private list(length: number, level: number): unknown[] {
    this.enter(level, length)
    const list: unknown[] = []
    for (let i = 0; i < length; i++) list.push(this.value(level + 1))
    return list
  }

  /** What is nil counts as left out. */
  private map(length: number, level: number): Fields {
    this.enter(level, 2 * length)
    const fields: Record<string, unknown> = Object.create(null)
    for (let i = 0; i < length; i++) {
      const key = this.key()
      const value = this.value(level + 1)
      if (key in fields) throw unreadable(`a map with ${JSON.stringify(key)} twice`)
      if (value !== null) fields[key] = value
    }
    return fields
  }

  private key(): string {
    const key = this.value(MOST_LEVELS)
    const name = key instanceof Uint8Array ? key.toString() : key
    // Agents become fields of ordinary objects.
    if (typeof name !== 'string' || name === '__proto__') throw unreadable('a key that is not text')
    return name
  }

  private enter(level: number, values: number): void {
    if (level >= MOST_LEVELS) throw unreadable(`more than ${MOST_LEVELS} levels`)
    // Each takes a byte at least: what claims more must not be begun.
    if (values > this.bytes.length - this.at) throw unreadable('an end in the middle of a value')
  }

  private text(length: number): string {
    const at = this.take(length)
    return this.bytes.toString('utf8', at, at + length)
  }

  private binary(length: number): Buffer {
    const at = this.take(length)
    return this.bytes.subarray(at, at + length)
  }

  private unsigned(width: number): number {
    return this.bytes.readUIntBE(this.take(width), width)
  }

  private take(length: number): number {
    const at = this.at
    this.at += length
    if (this.at > this.bytes.length) throw unreadable('an end in the middle of a value')
    return at
  }
}
