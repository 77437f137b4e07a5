// Our half cheetah against the numbers of the original model under the same engine (test/data/half-cheetah.json).
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveTask } from '../../../src/env/make-env.ts'
import { MujocoEnv } from '../../../src/env/mujoco/mujoco-env.ts'
import { createSimulation, type Simulation } from '../../../src/env/mujoco/simulation.ts'
import reference from '../../data/half-cheetah.json' with { type: 'json' }

const task = resolveTask('HalfCheetah-2x3')
const zeros = Array<number>(9).fill(0)
let simulation: Simulation
let env: MujocoEnv

beforeAll(async () => {
  simulation = await createSimulation(task.xml)
  env = new MujocoEnv(task, simulation)
})
afterAll(() => env.close())

const act = (action: number[]) => env.step({ agent_0: action.slice(0, 3), agent_1: action.slice(3) })
const actAll = (value: number) => act(Array<number>(6).fill(value))

test.each(Object.entries(reference.arrays))('compiles to the same %s', (name, expected) => {
  const actual = simulation.modelArray(name)
  expect(actual).toHaveLength(expected.length)
  const gap = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)))
  expect(gap).toBeLessThanOrEqual(1e-12)
})

test('one step lasts five physics steps of 0.01 s', () => {
  expect(simulation.timestepSeconds).toBe(reference.timestep)
  expect(task.robot.frameSkip).toBe(reference.frameSkip)
  expect(task.spec.stepSeconds).toBeCloseTo(reference.frameSkip * reference.timestep, 15)
})

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

describe.each(['fromRest', 'fromNoise', 'ctrlPlusOne'] as const)('trajectory %s', (name) => {
  const { seed, start, steps, digests } = reference[name]
  const stepsAt = new Map(steps.map((step) => [step.t, step]))
  const draw = name === 'ctrlPlusOne' ? () => 1 : xorshift(seed)
  const hash = createHash('sha256')

  test('is the reference to the last bit, and so are state and reward', () => {
    env.setState(start.qpos, start.qvel)
    const actual: { t: number; sha256: string }[] = []
    for (let t = 1; t <= digests.at(-1)!.t; t++) {
      const { rewards } = act(Array.from({ length: 6 }, draw))
      hash.update(simulation.qpos).update(simulation.qvel)
      if (t % 100 === 0) actual.push({ t, sha256: hash.copy().digest('hex') })
      const step = stepsAt.get(t)
      if (!step) continue
      expect([...env.state()]).toEqual([...step.qpos.slice(1), ...step.qvel])
      expect(rewards.agent_0).toBeCloseTo(step.reward, 12)
      expect(rewards.agent_1).toBe(rewards.agent_0)
    }
    expect(actual).toEqual(digests)
  })
})

test('a control of 5 acts as 1 but costs as 5', () => {
  const run = (value: number) => {
    env.setState(zeros, zeros)
    const rewards = Array.from({ length: 10 }, () => actAll(value).rewards.agent_0!)
    return { state: env.state(), rewards }
  }
  const [one, five] = [run(1), run(5)]
  expect(five.state).toEqual(one.state)
  five.rewards.forEach((reward, i) => {
    expect(one.rewards[i]! - reward).toBeCloseTo(0.1 * 6 * (25 - 1), 10)
  })
})

describe('limits', () => {
  const joints = task.spec.agents.flatMap(({ actuators }) => actuators)
  const ranges = joints.map((_, i) => reference.arrays.jnt_range.slice(6 + 2 * i, 8 + 2 * i))
  const ends = joints.flatMap((joint, i) => [
    { joint, index: 3 + i, limit: ranges[i]![0]!, side: -1 },
    { joint, index: 3 + i, limit: ranges[i]![1]!, side: 1 },
  ])
  let unlimited: Simulation
  beforeAll(async () => {
    unlimited = await createSimulation(task.xml.replace('limited="true"', 'limited="false"'))
  })
  afterAll(() => unlimited.close())

  // The springs alone bring a joint back, so what shows the limit is how far the joint gets beyond it.
  test.each(ends)('$joint driven past $limit rad is stopped and comes back', ({ index, limit, side }) => {
    for (const each of [simulation, unlimited]) {
      each.reset()
      each.qpos[1] = 5 // In the air: no contact takes part.
      each.qpos[index] = limit
      each.qvel[index] = 30 * side
      each.step(2)
    }
    const [stopped, free] = [simulation, unlimited].map(({ qpos }) => (qpos[index]! - limit) * side)
    expect(stopped).toBeLessThan(0.8 * free!)
    simulation.step(50)
    expect((simulation.qpos[index]! - limit) * side).toBeLessThan(0)
  })
})

test('starts from uniform positions and normal velocities', () => {
  const rows = Array.from({ length: 500 }, (_, seed) => {
    env.reset({ seed })
    return { qpos: [...simulation.qpos], qvel: [...simulation.qvel] }
  })
  const qpos = rows.flatMap((row) => row.qpos)
  const qvel = rows.flatMap((row) => row.qvel)
  expect(Math.max(...qpos.map(Math.abs))).toBeLessThanOrEqual(0.1)
  expect(spread(qpos)).toBeCloseTo(0.1 / Math.sqrt(3), 2)
  expect(spread(qvel)).toBeCloseTo(0.1, 2)
})

const spread = (values: number[]): number =>
  Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length)
