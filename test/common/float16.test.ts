import { expect, test } from 'vitest'
import { fromHalf, isHalf, toHalf } from '../../src/common/float16.ts'

/** Vitest's own comparison of 30,000 numbers takes seconds. */
const same = (a: Uint16Array, b: Uint16Array) => Buffer.from(a.buffer).equals(Buffer.from(b.buffer))

const halfBits = (value: number) => toHalf(Float32Array.of(value))[0]

// From the standard's own layout: sign, 5 bits of exponent with bias 15, 10 bits of fraction.
test.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [1 / 3, 0x3555],
  [65504, 0x7bff],
  [65519, 0x7bff],
  [65520, 0x7c00],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [2 ** -14, 0x0400], // the smallest normal
  [2 ** -14 - 2 ** -24, 0x03ff], // the largest subnormal
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000], // a tie, to even
  [1.5 * 2 ** -24, 0x0002], // a tie, to even
  [2 ** -25 + 2 ** -40, 0x0001],
  [-(2 ** -30), 0x8000],
  [1 + 2 ** -11, 0x3c00], // a tie, to even
  [1 + 3 * 2 ** -11, 0x3c02], // a tie, to even
  [2 - 2 ** -12, 0x4000], // carries into the exponent
])('%f has the bits %i', (value, bits) => {
  expect(halfBits(value)).toBe(bits)
})

test('all 65,536 numbers come back as they were, NaN as NaN', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i)
  const back = toHalf(fromHalf(all))
  const isNumber = (half: number) => (half & 0x7fff) <= 0x7c00
  expect(Buffer.from(back.filter(isNumber).buffer).equals(Buffer.from(all.filter(isNumber).buffer))).toBe(
    true,
  )
  expect([...fromHalf(all.filter((half) => !isNumber(half)))].every(Number.isNaN)).toBe(true)
})

test('rounds to the nearest: no other half is nearer', () => {
  const finite = fromHalf(Uint16Array.from({ length: 0x7c00 }, (_, i) => i)) // rising
  const between = (share: number) =>
    Float32Array.from(finite.subarray(1), (high, i) => finite[i]! + (high - finite[i]!) * share)
  const index = Uint16Array.from(finite.subarray(1), (_, i) => i)
  expect(same(toHalf(between(0.499)), index)).toBe(true)
  expect(
    same(
      toHalf(between(0.501)),
      index.map((i) => i + 1),
    ),
  ).toBe(true)
})

test('tells numbers that fit from those that do not', () => {
  expect(isHalf(Float32Array.of(0.5, -0, 1024, 2 ** -24))).toBe(true)
  for (const value of [0.1, 65536, 2 ** -25, 1 + 2 ** -11])
    expect(isHalf(Float32Array.of(1, value))).toBe(false)
  expect(isHalf(new Float32Array([9, 0.1, 1, 0.1]).subarray(2, 3))).toBe(true) // a view, of its own part alone
})
