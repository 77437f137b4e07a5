// Random numbers that are a function of a key: `new Rng(seed, 'denoiser', step)` always gives the same stream,
// so nothing has to be stored to resume a run or to repeat a trajectory. Generator: sfc32 (PractRand), seeded by
// a splitmix32-style hash of the key.

export type RngKey = number | string

/** 32-bit avalanche of splitmix32 (Steele et al. 2014, 32-bit constants of murmur3's finaliser). */
export function mix(hash: number): number {
  let h = hash | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

const doubleBits = new Uint32Array(new Float64Array(1).buffer)
const doubleView = new Float64Array(doubleBits.buffer)

const KEY_START = 0x9e3779b9
/** After each part of a key, so that its end counts. */
const END_OF_PART = 0x6d2b79f5

/** Folds a number into a hash, by its 64 bits. */
export function foldNumber(hash: number, part: number): number {
  doubleView[0] = part
  return mix(mix(mix(hash ^ doubleBits[0]!) + doubleBits[1]! + 1) + END_OF_PART)
}

/** Folds a key into one 32-bit word; numbers by their 64 bits, strings by their UTF-16 units. */
export function hashKey(key: Iterable<RngKey>, start = KEY_START): number {
  let hash = start
  for (const part of key) {
    if (typeof part === 'number') hash = foldNumber(hash, part)
    else {
      for (let i = 0; i < part.length; i++) hash = mix(hash + part.charCodeAt(i) + 2)
      hash = mix(hash + END_OF_PART)
    }
  }
  return hash >>> 0
}

/** The same of the numbers `from`..`to`, with -0 as 0: they are one number, but their bits differ. */
export function hashNumbers(values: ArrayLike<number>, from: number, to: number, start = KEY_START): number {
  let hash = start
  for (let i = from; i < to; i++) hash = foldNumber(hash, values[i]! + 0)
  return hash >>> 0
}

/** Three words of a stream's state are hashes of its key that start here. */
export const STREAM_STARTS = [0x243f6a88, 0x85a308d3, 0x13198a2e] as const
/** First numbers of a stream, which are thrown away. */
export const WARM_UP = 12

/** A key or its end as steps of a hash, hash -> mix((hash ^ x) + y): x and y of each, one after the other. */
export function mixesOf(key: readonly RngKey[]): Int32Array {
  const steps = key.reduce((sum: number, part) => sum + (typeof part === 'number' ? 3 : part.length + 1), 0)
  const mixes = new Int32Array(2 * steps)
  let at = 0
  for (const part of key) {
    if (typeof part === 'number') {
      doubleView[0] = part
      mixes[at] = doubleBits[0]!
      mixes[at + 3] = doubleBits[1]! + 1
      at += 4
    } else for (let i = 0; i < part.length; i++, at += 2) mixes[at + 1] = part.charCodeAt(i) + 2
    mixes[at + 1] = END_OF_PART
    at += 2
  }
  return mixes
}

/** The mixes of a key that begins with another number. */
export function setFirst(mixes: Int32Array, part: number): void {
  doubleView[0] = part
  mixes[0] = doubleBits[0]!
  mixes[3] = doubleBits[1]! + 1
}

/** Of a mask, written at a time: they stay in the processor's cache. */
const MASK_WORDS = 4096

export class Rng {
  static readonly SIZE = 5
  private a: number
  private b: number
  private c: number
  private counter = 1
  private spare: number | undefined

  constructor(...key: RngKey[]) {
    this.a = hashKey(key, STREAM_STARTS[0])
    this.b = hashKey(key, STREAM_STARTS[1])
    this.c = hashKey(key, STREAM_STARTS[2])
    for (let i = 0; i < WARM_UP; i++) this.uint32()
  }

  /** Writes where the stream is, `Rng.SIZE` numbers: another `load`s them and goes on. */
  save(target: Float64Array, offset: number): void {
    target[offset] = this.a
    target[offset + 1] = this.b
    target[offset + 2] = this.c
    target[offset + 3] = this.counter
    target[offset + 4] = this.spare ?? Number.NaN
  }

  load(source: Float64Array, offset: number): void {
    this.a = source[offset]!
    this.b = source[offset + 1]!
    this.c = source[offset + 2]!
    this.counter = source[offset + 3]!
    const spare = source[offset + 4]!
    this.spare = Number.isNaN(spare) ? undefined : spare
  }

  uint32(): number {
    const result = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0
    return result >>> 0
  }

  /**
   * Writes 0 where a random byte is below `zeros` (1..256), else 1. The bytes are those of the stream's numbers, the lowest
   * one first: one number decides four entries.
   */
  mask(entries: Uint8Array, zeros: number): void {
    const words = new Uint32Array(Math.min(MASK_WORDS, Math.ceil(entries.length / 4)))
    const bytes = new Uint8Array(words.buffer)
    for (let at = 0; at < entries.length; at += bytes.length) {
      const count = Math.min(bytes.length, entries.length - at)
      this.maskWords(words, Math.ceil(count / 4), zeros)
      entries.set(bytes.subarray(0, count), at)
    }
  }

  /** Four bytes at once: 256 - zeros is added to each in a lane of 16 bits, whose ninth bit says that it was not below. */
  private maskWords(words: Uint32Array, count: number, zeros: number): void {
    let { a, b, c, counter } = this
    const added = (256 - zeros) * 0x00010001
    for (let i = 0; i < count; i++) {
      const result = (((a + b) | 0) + counter) | 0
      counter = (counter + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + result) | 0
      const even = ((result & 0x00ff00ff) + added) >>> 8
      const odd = ((result >>> 8) & 0x00ff00ff) + added
      words[i] = (even & 0x00010001) | (odd & 0x01000100)
    }
    Object.assign(this, { a, b, c, counter })
  }

  /** Uniform in [0, 1), 32 bits. */
  uniform(): number {
    return this.uint32() / 4294967296
  }

  /** Uniform integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.uniform() * n)
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare
      this.spare = undefined
      return value
    }
    const radius = Math.sqrt(-2 * Math.log((this.uint32() + 0.5) / 4294967296))
    const angle = 2 * Math.PI * this.uniform()
    this.spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  normals(n: number): Float32Array {
    const values = new Float32Array(n) // a plain loop: Float32Array.from with a function is several times slower
    for (let i = 0; i < n; i++) values[i] = this.normal()
    return values
  }

  /** Uniform numbers in [0, 1), of 24 bits, which float32 holds exactly. @param into default: an array of its own */
  uniforms(n: number, into: Float32Array = new Float32Array(n)): Float32Array {
    for (let i = 0; i < n; i++) into[i] = (this.uint32() >>> 8) / 16777216
    return into
  }

  /** The integers 0..n-1 in random order (Fisher-Yates). */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i)
    for (let i = n - 1; i > 0; i--) {
      const j = this.int(i + 1)
      ;[order[i], order[j]] = [order[j]!, order[i]!]
    }
    return order
  }
}
