// Our robots against the numbers of the original models.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { World } from '../../../src/env/mujoco/world.ts'
import { antOnThinFloor, createWorld, robots, type Trajectory } from './references.ts'

describe.each(Object.entries({ ...robots, 'Ant on a thin floor': antOnThinFloor }))(
  '%s',
  (_, { task, reference }) => {
    let world: World
    beforeAll(async () => {
      world = await createWorld(task)
    })
    afterAll(() => world.close())

    test.each(Object.entries(reference.arrays))('compiles to the same %s', (name, expected) => {
      expectClose(world.simulation.modelArray(name), expected, 1e-12)
    })

    test('a step lasts as long', () => {
      const { frameSkip, timestep } = reference
      expect(world.simulation.timestepSeconds).toBe(timestep)
      expect(task.body).toMatchObject({ frameSkip, timestepSeconds: timestep })
      expect(task.spec.stepSeconds).toBeCloseTo(frameSkip * timestep, 15)
    })

    test.each(['fromRest', 'fromNoise', 'ctrlPlusOne'] as const)(
      'trajectory %s is the same to the last bit, and so are state, reward and ending',
      (name) => {
        follow(world, reference[name], name === 'ctrlPlusOne' ? () => 1 : xorshift(reference[name].seed))
      },
    )
  },
)

/** Steps past endings, as the references do. */
function follow(world: World, { start, steps, digests }: Trajectory, draw: () => number): void {
  const { qpos, qvel } = world.simulation
  const hash = createHash('sha256')
  const stepAt = new Map(steps.map((step) => [step.t, step]))
  const digestAt = new Map(digests.map(({ t, sha256 }) => [t, sha256]))
  world.setState(start.qpos, start.qvel)
  for (let t = 1; t <= digests.at(-1)!.t; t++) {
    world.step(Float64Array.from(world.task.body.actuators, draw))
    hash.update(qpos).update(qvel)
    if (digestAt.has(t))
      expect({ t, sha256: hash.copy().digest('hex') }).toEqual({ t, sha256: digestAt.get(t) })
    const step = stepAt.get(t)
    if (step) expectStep(world, step)
  }
}

function expectStep(world: World, step: Trajectory['steps'][number]): void {
  expect(Math.abs(world.reward - step.reward), `reward of step ${step.t}`).toBeLessThanOrEqual(1e-9)
  expect(world.terminated).toBe(step.terminated)
  if (step.qpos) expectClose(world.simulation.qpos, step.qpos, 1e-9)
  if (step.qvel) expectClose(world.simulation.qvel, step.qvel, 1e-9)
  if (!step.S) return
  const contacts = Array<number>(world.state.length - step.S.length).fill(0)
  expectClose(world.state, [...step.S, ...contacts], 1e-9)
}

function expectClose(actual: ArrayLike<number>, expected: number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length)
  const gap = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)))
  expect(gap).toBeLessThanOrEqual(tolerance)
}

/** Marsaglia's xorshift32 as a stream in [-1, 1). */
function xorshift(seed: number): () => number {
  let s = seed
  return () => {
    s ^= s << 13
    s ^= s >>> 17
    s ^= s << 5
    return ((s >>> 0) / 2 ** 32) * 2 - 1
  }
}
