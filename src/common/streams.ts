// Many random streams at once, number for number those of Rng: what their keys begin with is hashed once, the rest of a
// key is the same for all, and nothing is made for a stream alone.
import { foldNumber, mix, mixesOf, type RngKey, STREAM_STARTS, WARM_UP } from './rng.ts'

export class Streams {
  readonly count: number
  /** [count, 3] the three hashes of each key so far */
  private readonly hashes: Int32Array
  private bits = new Uint32Array(0)

  /** @param columns [count] the first parts of the keys, one column each */
  constructor(...columns: ArrayLike<number>[]) {
    this.count = columns[0]!.length
    this.hashes = new Int32Array(this.count * 3)
    for (let i = 0; i < this.hashes.length; i++) {
      let hash: number = STREAM_STARTS[i % 3]!
      for (const column of columns) hash = foldNumber(hash, column[Math.floor(i / 3)]!)
      this.hashes[i] = hash
    }
  }

  /** Standard normal numbers of every stream whose key ends with `rest`: the first of each, [count, width]. */
  normals(
    width: number,
    rest: readonly RngKey[] = [],
    target: Float32Array = new Float32Array(this.count * width),
  ): Float32Array {
    const mixes = mixesOf(rest)
    const draws = 2 * Math.ceil(width / 2)
    for (let i = 0; i < this.count; i++) {
      const bits = this.draw(i, mixes, draws)
      for (let j = 0; j < width; j += 2) {
        const radius = Math.sqrt(-2 * Math.log((bits[j]! + 0.5) / 4294967296))
        const angle = 2 * Math.PI * (bits[j + 1]! / 4294967296)
        target[i * width + j] = radius * Math.cos(angle)
        if (j + 1 < width) target[i * width + j + 1] = radius * Math.sin(angle)
      }
    }
    return target
  }

  /** Uniform numbers in [0, 1), of 24 bits, which float32 holds exactly: of every stream as `normals`, [count, width]. */
  uniforms(width: number, rest: readonly RngKey[] = []): Float32Array {
    const mixes = mixesOf(rest)
    const values = new Float32Array(this.count * width)
    for (let i = 0; i < this.count; i++) {
      const bits = this.draw(i, mixes, width)
      for (let j = 0; j < width; j++) values[i * width + j] = (bits[j]! >>> 8) / 16777216
    }
    return values
  }

  /** The first uniform number of a stream whose key ends with a rest. @param rest mixesOf it */
  uniform(stream: number, rest: Int32Array): number {
    return this.draw(stream, rest, 1)[0]! / 4294967296
  }

  /** Ends a key and draws `count` 32-bit numbers, in an array that is used again. */
  private draw(stream: number, mixes: Int32Array, count: number): Uint32Array {
    let a = this.hashes[stream * 3]!
    let b = this.hashes[stream * 3 + 1]!
    let c = this.hashes[stream * 3 + 2]!
    for (let i = 0; i < mixes.length; i += 2) {
      const [x, y] = [mixes[i]!, mixes[i + 1]!]
      a = mix((a ^ x) + y)
      b = mix((b ^ x) + y)
      c = mix((c ^ x) + y)
    }
    if (this.bits.length < count) this.bits = new Uint32Array(count)
    const bits = this.bits
    for (let i = -WARM_UP; i < count; i++) {
      const drawn = (((a + b) | 0) + (i + WARM_UP + 1)) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + drawn) | 0
      if (i >= 0) bits[i] = drawn
    }
    return bits
  }
}
