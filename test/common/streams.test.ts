import { describe, expect, test } from 'vitest'
import { mixesOf, Rng, type RngKey } from '../../src/common/rng.ts'
import { Streams } from '../../src/common/streams.ts'

const seeds = Uint32Array.of(0, 1, 7, 4_294_967_295)
const keys = Uint32Array.of(3, 2 ** 31, 5, 6)
const streams = new Streams(seeds, keys)
const RESTS: RngKey[][] = [[], [0], [14], ['policy'], [3, 'termination'], [0.1, -1, 'é', 1e300]]

describe('many streams are those of Rng, number for number', () => {
  test.each(RESTS.flatMap((rest) => [1, 2, 5, 18].map((width) => [rest, width] as const)))(
    'keys that end with %j, %i normal numbers',
    (rest, width) => {
      const expected = [...seeds].flatMap((seed, i) => [...new Rng(seed, keys[i]!, ...rest).normals(width)])
      expect([...streams.normals(width, rest)]).toEqual(expected)
    },
  )

  test.each(RESTS)('keys that end with %j, a uniform number', (...rest) => {
    const expected = [...seeds].map((seed, i) => new Rng(seed, keys[i]!, ...rest).uniform())
    expect([...seeds].map((_, i) => streams.uniform(i, mixesOf(rest)))).toEqual(expected)
  })

  test('of many thousand', () => {
    const steps = Uint32Array.from({ length: 5000 }, (_, i) => i)
    const found = new Streams(steps).normals(17, [2])
    for (const step of steps) {
      const alone = new Rng(step, 2).normals(17)
      expect(found.subarray(step * 17, (step + 1) * 17)).toEqual(alone)
    }
  })
})

test('numbers are written where they are wanted', () => {
  const target = new Float32Array(4 * 3)
  expect(streams.normals(3, [1], target)).toBe(target)
  expect(target).toEqual(streams.normals(3, [1]))
})
