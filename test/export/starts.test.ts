import { expect, test } from 'vitest'
import { openEnvironment } from '../../src/episodes/sources/environment-source.ts'
import { createStarts, STARTS } from '../../src/export/starts.ts'

test('start states are those of the reset: the same every time, all different, rounded, few bytes', async () => {
  const source = await openEnvironment('HalfCheetah-2x3', { seed: 1, policyStd: 0.5, envs: 3, steps: 1 })
  const first = createStarts(await source.starts(STARTS))
  await source.heldOut(1, 5) // what the environment did before does not matter
  expect(createStarts(await source.starts(STARTS))).toEqual(first)
  await source.close()

  const states = first.starts.map(({ states: [only] }) => only!)
  expect(states).toHaveLength(64)
  expect(new Set(states.map(String)).size).toBe(64)
  expect(JSON.stringify(first).length).toBeLessThan(30_000)
  expect(first.starts.every(({ states: all, actions }) => all.length === 1 && actions.length === 0)).toBe(
    true,
  )
  expect(states.flat().every((x) => x === Number(x.toPrecision(9)))).toBe(true)

  // The reset draws 8 positions uniformly within 0.1 and 9 velocities from N(0, 0.1²); five standard errors.
  const [positions, velocities] = [states.flatMap((s) => s.slice(0, 8)), states.flatMap((s) => s.slice(8))]
  expect(Math.max(...positions.map(Math.abs))).toBeLessThanOrEqual(0.1)
  expect(Math.abs(rms(positions) - 0.1 / Math.sqrt(3))).toBeLessThan(0.006)
  expect(Math.abs(rms(velocities) - 0.1)).toBeLessThan(0.015)
})

test('states that are alike stand there once', () => {
  const [a, b] = [Float64Array.of(1, 2), Float64Array.of(1, 3)]
  expect(createStarts([a, b, a, a]).starts.map(({ states }) => states[0])).toEqual([
    [1, 2],
    [1, 3],
  ])
})

const rms = (values: number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length)
