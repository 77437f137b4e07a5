// Several futures of one start: sample 0 is the one without samples, the others differ in the noise alone.
import { beforeAll, describe, expect, test } from 'vitest'
import { mixesOf } from '../../../../src/common/rng.ts'
import { rolloutStreams, rowKeys, startKeys } from '../../../../src/worlds/noise.ts'
import {
  type OpenTiny,
  openTiny,
  rolloutOf,
  specOf,
  type TinyModel,
  tinyModel,
} from '../../../inference/fixture.ts'

describe('keys of samples', () => {
  const spec = specOf()
  const keysOf = (keys: number[], samples?: number[]) => [
    ...rowKeys(rolloutOf(spec, { keys, ...(samples ? { samples } : {}) }), spec.context),
  ]

  test('sample 0 has the key of the start', () => {
    const starts = [...startKeys(rolloutOf(spec, { keys: [3, 4] }), spec.context)]
    expect(keysOf([3, 4])).toEqual(starts)
    expect(keysOf([3, 4], [0, 0])).toEqual(starts)
  })

  test('every start and sample has its own, whatever stands beside it', () => {
    const starts = Array.from({ length: 20 }, (_, i) => i)
    const all = starts.flatMap((start) => keysOf(Array(8).fill(start), [0, 1, 2, 3, 4, 5, 6, 7]))
    expect(new Set(all).size).toBe(160)
    expect(keysOf([9, 3, 5], [2, 6, 1])[1]).toBe(all[3 * 8 + 6])
  })

  test('ends are drawn apart too', () => {
    const keys = keysOf(
      Array(64).fill(1),
      Array.from({ length: 64 }, (_, i) => i),
    )
    const streams = rolloutStreams({ batch: 64, seed: 1 }, Uint32Array.from(keys))
    const draws = keys.map((_, row) => streams.uniform(row, mixesOf([0, 'termination'])))
    expect(new Set(draws).size).toBe(64)
    const low = draws.filter((draw) => draw < 0.5).length
    expect(Math.abs(low - 32)).toBeLessThan(20) // five standard deviations
  })
})

describe('imagined samples', () => {
  let model: TinyModel
  let simulator: OpenTiny
  beforeAll(async () => {
    model = tinyModel()
    simulator = await openTiny(model)
    return () => simulator.close()
  })

  /** States of each row. */
  async function futures(keys: number[], samples?: number[]): Promise<number[][]> {
    const rollout = rolloutOf(model.spec, { keys, horizon: 5, ...(samples ? { samples } : {}) })
    const { states } = await simulator.rollout(rollout)
    const width = states.length / keys.length
    return keys.map((_, row) => [...states.subarray(row * width, (row + 1) * width)])
  }
  const gap = (a: number[], b: number[]) => Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))

  test('sample 0 is the rollout without samples, to the bit', async () => {
    expect(await futures([1, 2], [0, 0])).toEqual(await futures([1, 2]))
  })

  test('the others differ from it and from each other', async () => {
    const [a, b, c] = await futures([1, 1, 1], [0, 1, 2])
    for (const [x, y] of [
      [a, b],
      [a, c],
      [b, c],
    ] as const)
      expect(gap(x!, y!)).toBeGreaterThan(1e-3)
  })

  test('a sample does not depend on the rest of the batch', async () => {
    const among = await futures([1, 5, 1, 5, 1], [0, 3, 1, 0, 2])
    expect(gap(among[1]!, (await futures([5], [3]))[0]!)).toBeLessThan(1e-5)
    expect(gap(among[4]!, (await futures([1, 1], [2, 0]))[0]!)).toBeLessThan(1e-5)
  })
})
