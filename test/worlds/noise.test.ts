import { describe, expect, test } from 'vitest'
import { mixesOf } from '../../src/common/rng.ts'
import { rolloutStreams, startKeys, stepStreams } from '../../src/worlds/noise.ts'
import type { Rollout } from '../../src/worlds/rollout.ts'
import { rolloutOf, specOf } from '../inference/fixture.ts'

const spec = specOf()
const { context: L } = spec
const keysOf = (rollout: Rollout) => [...startKeys(rollout, L)]
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
const correlation = (a: number[], b: number[]) => mean(a.map((x, i) => x * b[i]!))

describe('keys of starts', () => {
  test('equal starts have equal keys, different starts different ones', () => {
    const keys = keysOf(rolloutOf(spec, { keys: [5, 6, 5] }))
    expect(keys[0]).toBe(keys[2])
    expect(keys[0]).not.toBe(keys[1])
  })

  test('a key does not depend on the other rows, the actions to come or the horizon', () => {
    const alone = keysOf(rolloutOf(spec, { keys: [5], horizon: 1 }))
    const among = keysOf(rolloutOf(spec, { keys: [7, 5, 9], horizon: 3 }))
    expect(among[1]).toBe(alone[0])
  })

  test('every real number of the window counts', () => {
    const { states, pastActions } = rolloutOf(spec)
    const changed = [states, pastActions].flatMap((array, which) =>
      Array.from(array, (_, i) => {
        const rollout = rolloutOf(spec)
        ;[rollout.states, rollout.pastActions][which]![i]! += 1e-6
        return keysOf(rollout)[0]
      }),
    )
    expect(new Set([...changed, keysOf(rolloutOf(spec))[0]]).size).toBe(changed.length + 1)
  })

  test.each([1, 2])('padding before a window of length %i may hold anything', (length) => {
    const clean = rolloutOf(spec)
    clean.windows.fill(length)
    const dirty = structuredClone(clean)
    dirty.states.fill(9, 0, (L - length) * spec.state.length)
    dirty.pastActions.fill(9, 0, (L - length) * spec.agents.length * spec.action.dimension)
    expect(keysOf(dirty)).toEqual(keysOf(clean))
  })

  test('a shorter window is another start, also when the numbers are zeros', () => {
    const zeros = rolloutOf(spec)
    zeros.states.fill(0)
    zeros.pastActions.fill(0)
    const keys = [1, 2, 3].map((length) => {
      zeros.windows.fill(length)
      return keysOf(zeros)[0]
    })
    expect(new Set(keys).size).toBe(3)
  })

  test('minus zero is zero', () => {
    const [plus, minus] = [rolloutOf(spec), rolloutOf(spec)]
    plus.states[5] = 0
    minus.states[5] = -0
    plus.pastActions[1] = 0
    minus.pastActions[1] = -0
    expect(keysOf(minus)).toEqual(keysOf(plus))
  })
})

describe('noise of a step', () => {
  const keys = Uint32Array.from({ length: 2000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 0)
  const among = (keys: Uint32Array, seed: number) => rolloutStreams({ batch: keys.length, seed }, keys)
  const noise = (seed: number, step: number) => [...among(keys, seed).normals(8, [step])]

  test('the same seed, start and step give the same numbers, in any company', () => {
    expect(noise(3, 4)).toEqual(noise(3, 4))
    const alone = among(keys.subarray(7, 8), 3).normals(8, [4])
    expect([...alone]).toEqual(noise(3, 4).slice(7 * 8, 8 * 8))
  })

  test('rows of different seeds and steps get the numbers that each would get alone', () => {
    const rows = [
      [3, 4],
      [9, 4],
      [3, 0],
    ] as const
    const seeds = Uint32Array.from(rows, ([seed]) => seed)
    const steps = Uint32Array.from(rows, ([, step]) => step)
    const mixed = [...stepStreams({ seeds, keys: keys.subarray(5, 8), steps }).normals(8)]
    const alone = rows.flatMap(([seed, step], i) => [
      ...among(keys.subarray(5 + i, 6 + i), seed).normals(8, [step]),
    ])
    expect(mixed).toEqual(alone)
  })

  test('has the moments of a standard normal', () => {
    const values = noise(1, 0)
    const power = (p: number) => mean(values.map((x) => x ** p))
    // Five standard errors of 16,000 draws: sqrt of 1, 2, 15 and 96 over 16,000.
    expect(Math.abs(power(1))).toBeLessThan(0.04)
    expect(Math.abs(power(2) - 1)).toBeLessThan(0.056)
    expect(Math.abs(power(3))).toBeLessThan(0.153)
    expect(Math.abs(power(4) - 3)).toBeLessThan(0.39)
  })

  test('steps, seeds, rows and entries are independent', () => {
    const values = noise(1, 0)
    expect(Math.abs(correlation(values, noise(1, 1)))).toBeLessThan(0.04)
    expect(Math.abs(correlation(values, noise(2, 0)))).toBeLessThan(0.04)
    expect(Math.abs(correlation(values.slice(8), values.slice(0, -8)))).toBeLessThan(0.04)
    expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(0.04)
  })

  test('the draw of an end is uniform and apart from the noise', () => {
    const drawsAt = (step: number) => {
      const [streams, rest] = [among(keys, 1), mixesOf([step, 'termination'])]
      return Array.from(keys, (_, row) => streams.uniform(row, rest))
    }
    const draws = drawsAt(0)
    expect(draws.every((u) => u >= 0 && u < 1)).toBe(true)
    expect(Math.abs(mean(draws) - 0.5)).toBeLessThan(0.033)
    const first = noise(1, 0).filter((_, i) => i % 8 === 0)
    expect(
      Math.abs(
        correlation(
          draws.map((u) => u - 0.5),
          first,
        ),
      ),
    ).toBeLessThan(0.033)
    expect(draws).not.toEqual(drawsAt(1))
  })
})
