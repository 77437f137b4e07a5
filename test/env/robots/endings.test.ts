import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeMujocoEnv } from '../../../src/env/make-env.ts'
import type { World } from '../../../src/env/mujoco/world.ts'
import { createWorld, robotNames, robots } from './references.ts'

const above = (x: number) => x + 2 ** -50
const below = (x: number) => x - 2 ** -50

type Coordinates = Record<number, number>
/** Entries of qpos that differ from rest. */
const cases: Record<keyof typeof robots, Record<'alive' | 'ended', Coordinates[]>> = {
  HalfCheetah: {
    alive: [
      { 1: -5 }, // beneath the ground
      { 1: 100 },
      { 2: Math.PI },
      { 2: -10 },
    ],
    ended: [],
  },
  Walker2d: {
    alive: [{ 1: above(0.8) }, { 1: below(2) }, { 2: below(1) }, { 2: above(-1) }, { 3: -2, 4: 1 }],
    ended: [{ 1: 0.8 }, { 1: 2 }, { 1: -1 }, { 2: 1 }, { 2: -1 }, { 2: 4 }],
  },
  Ant: {
    alive: [{ 2: 0.2 }, { 2: 1 }, { 3: 0, 4: 1 }, { 0: 1000 }],
    ended: [{ 2: below(0.2) }, { 2: above(1) }, { 2: -1 }],
  },
}

describe.each(robotNames)('%s', (name) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(robots[name].task)
  })
  afterAll(() => world.close())

  const terminatedAt = (entries: Coordinates) => {
    world.simulation.reset()
    for (const [i, value] of Object.entries(entries)) world.simulation.qpos[Number(i)] = value
    return world.task.goal.terminated(world.simulation, new Float64Array(1))
  }
  test.each(cases[name].alive)('goes on at qpos %o', (entries) => {
    expect(terminatedAt(entries)).toBe(false)
  })
  test.each(cases[name].ended)('ends at qpos %o', (entries) => {
    expect(terminatedAt(entries)).toBe(true)
  })
})

// Both are thrown over their upper bound, without controls.
test.each([
  { task: 'Walker2d-3x2', height: 1, from: 1.99, up: 2 },
  { task: 'Ant-4x2', height: 2, from: 0.99, up: 2 },
])('$task: the step that ends an episode still has its bonus', async ({ task, height, from, up }) => {
  const env = await makeMujocoEnv(task)
  env.reset({ seed: 1 })
  const { qpos, qvel } = env.coordinates()
  env.setState(qpos.with(height, from), qvel.fill(0).with(height, up).with(0, 0.5))
  const still = Object.fromEntries(
    env.agents.map((agent) => [agent, env.actionSpace(agent).low.map(() => 0)]),
  )
  const { rewards, terminations, truncations } = env.step(still)
  const velocity = (env.coordinates().qpos[0]! - qpos[0]!) / (task === 'Ant-4x2' ? 0.05 : 0.008)
  for (const agent of env.possibleAgents) {
    expect(terminations[agent]).toBe(true)
    expect(truncations[agent]).toBe(false)
    expect(rewards[agent]).toBeCloseTo(velocity + 1, 2)
    expect(rewards[agent]).toBe(rewards.agent_0)
  }
  expect(env.agents).toEqual([])
  env.close()
})
