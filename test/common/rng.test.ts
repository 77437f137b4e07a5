import { expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { expectNear } from './close.ts'

const draws = (...key: (number | string)[]) =>
  Array.from(
    { length: 8 },
    (
      (rng) => () =>
        rng.uint32()
    )(new Rng(...key)),
  )

test('a stream is a function of its key', () => {
  expect(draws(1, 'denoiser', 7)).toEqual(draws(1, 'denoiser', 7))
})

test('keys that look alike give different streams', () => {
  const keys = [[1], [2], [1, 0], [0, 1], ['1'], ['a', 'b'], ['ab'], ['b', 'a'], [-1], [0.5], [2 ** 32 + 1]]
  expect(new Set(keys.map((key) => String(draws(...key)))).size).toBe(keys.length)
})

test('uniform numbers fill [0, 1) evenly', () => {
  const rng = new Rng('uniform')
  const values = Array.from({ length: 20_000 }, () => rng.uniform())
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = values.filter((value) => Math.floor(10 * value) === tenth).length / values.length
    expectNear(share, 0.1, 0.01)
  }
})

test('normal numbers have mean 0, variance 1 and the tails of a Gaussian', () => {
  const values = new Rng('normal').normals(40_000)
  const mean = (f: (value: number) => number) => values.reduce((sum, x) => sum + f(x), 0) / values.length
  expectNear(
    mean((x) => x),
    0,
    0.02,
  )
  expectNear(
    mean((x) => x * x),
    1,
    0.03,
  )
  expectNear(
    mean((x) => Number(Math.abs(x) > 1.96)),
    0.05,
    0.005,
  )
  expectNear(
    mean((x) => x ** 4),
    3,
    0.2,
  )
})

test('successive normal numbers are uncorrelated', () => {
  const values = new Rng('pairs').normals(40_000)
  const product = values.subarray(1).reduce((sum, x, i) => sum + x * values[i]!, 0)
  expectNear(product / values.length, 0, 0.02)
})

test('a permutation holds every number once, each order equally often', () => {
  const rng = new Rng('order')
  const counts = new Map<string, number>()
  for (let i = 0; i < 6000; i++) {
    const order = rng.permutation(3)
    expect([...order].sort()).toEqual([0, 1, 2])
    counts.set(String(order), (counts.get(String(order)) ?? 0) + 1)
  }
  expect(counts.size).toBe(6)
  for (const count of counts.values()) expectNear(count / 6000, 1 / 6, 0.02)
})

test.each([4000, 3998, 40_001])(
  'a mask of %i is what one byte after the other says, and the stream goes on',
  (n) => {
    const [one, other] = [new Rng('mask'), new Rng('mask')]
    const mask = new Uint8Array(n + 1).subarray(1) // at an odd place
    one.mask(mask, 26)
    const words = Array.from({ length: Math.ceil(n / 4) }, () => other.uint32())
    const bytes = words.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 255))
    expect([...mask]).toEqual(bytes.slice(0, n).map((byte) => Number(byte >= 26)))
    expect([one.uint32(), one.normal()]).toEqual([other.uint32(), other.normal()])
  },
)

test.each([1, 128, 255])('a mask has %i zeros of 256', (zeros) => {
  const mask = new Uint8Array(400_000)
  new Rng('zeros').mask(mask, zeros)
  expectNear(mask.filter((one) => one === 0).length / mask.length, zeros / 256, 0.004)
})
