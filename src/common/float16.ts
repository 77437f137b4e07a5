// IEEE half precision: 11 significant bits, 65504 at most. Numbers travel as their 16 bits: Node 20 has no Float16Array.

const REBIAS = 112 << 23 // the exponents' bias is 127 in a float32 and 15 in a float16
const SMALLEST_NORMAL = 0x38800000 // 2^-14
const OVERFLOW = 0x477ff000 // 65520: half way from 65504 to the next power of two
const INFINITY = 0x7f800000
const HALF_INFINITY = 0x7c00
const HALF_NAN = 0x7e00
const SUBNORMAL_STEP = 2 ** -24

/** The nearest half-precision numbers, ties to even. What is too large becomes infinite. */
export const toHalf = (values: Float32Array): Uint16Array => Uint16Array.from(bitsOf(values), halfOf)

export const fromHalf = (halves: Uint16Array): Float32Array => Float32Array.from(halves, numberOfHalf)

/** Whether all numbers are half-precision ones already, to the last bit. */
export const isHalf = (values: Float32Array): boolean =>
  bitsOf(values).every((bits, i) => Object.is(numberOfHalf(halfOf(bits)), values[i]))

const bitsOf = ({ buffer, byteOffset, length }: Float32Array) => new Uint32Array(buffer, byteOffset, length)

/** @param bits of a float32 */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const size = bits & 0x7fffffff
  if (size > INFINITY) return HALF_NAN
  if (size >= OVERFLOW) return sign | HALF_INFINITY
  if (size < SMALLEST_NORMAL) return sign | subnormalOf(size)
  return sign | ((size - REBIAS + 0xfff + ((size >>> 13) & 1)) >>> 13)
}

const one = new Float32Array(1)
const oneBits = bitsOf(one)

/** Added to 0.5, a float32 is rounded to the steps that float32 has there: those of a subnormal half. */
function subnormalOf(size: number): number {
  oneBits[0] = size
  return (Math.fround(one[0]! + 0.5) - 0.5) / SUBNORMAL_STEP
}

/** @param half its 16 bits */
export function numberOfHalf(half: number): number {
  const [exponent, fraction] = [(half >>> 10) & 0x1f, half & 0x3ff]
  const size = magnitudeOf(exponent, fraction)
  return half & 0x8000 ? -size : size
}

function magnitudeOf(exponent: number, fraction: number): number {
  if (exponent === 0) return fraction * SUBNORMAL_STEP
  if (exponent === 31) return fraction ? Number.NaN : Number.POSITIVE_INFINITY
  return (1 + fraction / 1024) * 2 ** (exponent - 15)
}
