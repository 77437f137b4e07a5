// Starts of episodes: range, spread and shape of the noise, entry by entry.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import type { World } from '../../../src/env/mujoco/world.ts'
import { createWorld, robotNames, robots } from './references.ts'

interface Distribution {
  cumulative: (x: number) => number
  deviation: number
  bound: number
}

const uniform = (width: number): Distribution => ({
  cumulative: (x) => Math.max(0, Math.min(1, (x / width + 1) / 2)),
  deviation: width / Math.sqrt(3),
  bound: width,
})
const normal = (deviation: number): Distribution => ({
  cumulative: (x) => (1 + erf(x / deviation / Math.SQRT2)) / 2,
  deviation,
  bound: Number.POSITIVE_INFINITY,
})

const noise = {
  HalfCheetah: { qpos: uniform(0.1), qvel: normal(0.1) },
  Ant: { qpos: uniform(0.1), qvel: normal(0.1) },
  Walker2d: { qpos: uniform(0.005), qvel: uniform(0.005) },
}
const RESETS = 4000

describe.each(robotNames)('%s', (name) => {
  const { task, reference } = robots[name]
  const rest = reference.fromRest.start
  let world: World
  beforeAll(async () => {
    world = await createWorld(task)
  })
  afterAll(() => world.close())

  test('every position and velocity is disturbed by the noise of the original', () => {
    // The noise on Ant's quaternion shows before it is made a unit quaternion.
    const normalise = vi.spyOn(world.simulation, 'normaliseQuaternions').mockReturnValue()
    const rng = new Rng(1, 'reset')
    const samples = Array.from({ length: RESETS }, () => {
      world.reset(rng)
      return { qpos: [...world.simulation.qpos], qvel: [...world.simulation.qvel] }
    })
    normalise.mockRestore()
    for (const part of ['qpos', 'qvel'] as const) {
      rest[part].forEach((start, i) => {
        expectDistribution(
          samples.map((sample) => sample[part][i]! - start),
          noise[name][part],
        )
      })
    }
  })

  test('entries are disturbed independently', () => {
    const rng = new Rng(2, 'reset')
    const size = world.state.length - (name === 'Ant' ? 84 : 0)
    const samples = Array.from({ length: RESETS }, () => {
      world.reset(rng)
      return world.state.slice(0, size)
    })
    const columns = Array.from({ length: size }, (_, i) => scaled(samples.map((sample) => sample[i]!)))
    for (let i = 0; i < size; i++)
      for (let j = 0; j < i; j++) {
        const correlation = columns[i]!.reduce((sum, x, k) => sum + (x * columns[j]![k]!) / RESETS, 0)
        expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(RESETS))
      }
  })
})

test("Ant's orientation is a unit quaternion from the start", async () => {
  const world = await createWorld(robots.Ant.task)
  const rng = new Rng(3, 'reset')
  const lengths = Array.from({ length: 100 }, () => {
    world.reset(rng)
    return Math.hypot(...world.state.slice(1, 5))
  })
  for (const length of lengths) expect(length).toBeCloseTo(1, 14)
  world.close()
})

/** Range, standard deviation to 5 %, and the Kolmogorov-Smirnov distance (1.95 / sqrt(n): one in a thousand is beyond). */
function expectDistribution(values: number[], { cumulative, deviation, bound }: Distribution): void {
  const n = values.length
  const sorted = values.toSorted((a, b) => a - b)
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound * (1 + 1e-12))
  expect(Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / n) / deviation).toBeCloseTo(1, 1)
  const distance = Math.max(
    ...sorted.map((x, i) => Math.max(cumulative(x) - i / n, (i + 1) / n - cumulative(x))),
  )
  expect(distance).toBeLessThan(1.95 / Math.sqrt(n))
}

function scaled(values: number[]): number[] {
  const mean = values.reduce((sum, x) => sum + x / values.length, 0)
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2 / values.length, 0))
  return values.map((x) => (x - mean) / deviation)
}

/** The error function to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const series = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429]
  const sum = series.reduceRight((rest, a) => t * (a + rest), 0)
  return Math.sign(x) * (1 - sum * Math.exp(-x * x))
}
