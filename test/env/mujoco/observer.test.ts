import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { makeMujocoEnv, resolveTask } from '../../../src/env/make-env.ts'
import { createSimulation } from '../../../src/env/mujoco/simulation.ts'
import { World } from '../../../src/env/mujoco/world.ts'

const observationsOf = async (task: string) => {
  const env = await makeMujocoEnv(task)
  const { observations } = env.reset({ seed: 3 })
  const state = env.state()
  env.close()
  return { observations, state, env }
}

/** mean 0 and deviation 1 over the entries of the vector */
const standardised = (values: number[]) => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length)
  return values.map((x) => (x - mean) / deviation)
}

const idOf = (agent: number, agents: number) => Array.from({ length: agents }, (_, i) => Number(i === agent))

test.each(['Walker2d-3x2?observation=raw', 'HalfCheetah-2+4?observation=raw', 'Ant-2x4?observation=raw'])(
  '%s: the state and the one-hot id as they are, without bounds',
  async (task) => {
    const { observations, state, env } = await observationsOf(task)
    const agents = env.possibleAgents
    agents.forEach((agent, i) => {
      expect([...observations[agent]!]).toEqual([...state, ...idOf(i, agents.length)])
      const { names, units, low, high } = env.observationSpace(agent)
      expect(names).toEqual([...env.stateSpace.names, ...agents.map((name) => `is_${name}`)])
      expect(units).toEqual([...env.stateSpace.units, ...agents.map(() => '1')])
      expect([new Set(low), new Set(high)]).toEqual([new Set([-Infinity]), new Set([Infinity])])
    })
  },
)

test.each(['HalfCheetah-6x1', 'Walker2d-2+4', 'Ant-4x2', 'HalfCheetah-1x6'])(
  '%s: the same, standardised over the vector, pure numbers within their bound',
  async (task) => {
    const { observations, state, env } = await observationsOf(task)
    const agents = env.possibleAgents
    agents.forEach((agent, i) => {
      const expected = standardised([...state, ...idOf(i, agents.length)])
      observations[agent]!.forEach((value, k) => {
        expect(value).toBeCloseTo(expected[k]!, 12)
      })
      expect(new Set(env.observationSpace(agent).units)).toEqual(new Set(['1']))
      expect(env.observationSpace(agent).high[0]).toBe(Math.sqrt(expected.length))
    })
  },
)

test('the state can be computed back from standardised observations of two agents', async () => {
  const { observations, state } = await observationsOf('HalfCheetah-2x3')
  const values = observations.agent_0!
  const [one, zero] = [values[17]!, values[18]!] // the id, which is known to be 1, 0
  state.forEach((value, k) => {
    expect((values[k]! - zero) / (one - zero)).toBeCloseTo(value, 12)
  })
})

test('the observations of Ant have its contact forces only if they are computed', async () => {
  const touched = async (task: string) => {
    const env = await makeMujocoEnv(task)
    env.reset({ seed: 1 })
    const push = { agent_0: [1, -1, 1, -1], agent_1: [-1, 1, -1, 1] }
    const seen = []
    for (let i = 0; i < 10; i++) seen.push(...env.step(push).observations.agent_0!.subarray(27, 111))
    env.close()
    return seen.some((value) => value !== 0)
  }
  expect(await touched('Ant-2x4?observation=raw')).toBe(false)
  expect(await touched('Ant-2x4?observation=raw&contacts=real')).toBe(true)
})

test.each(['HalfCheetah-2x3', 'Ant-4x2?observation=raw', 'Ant-2x4?observation=k-hop'])(
  '%s: an observation is written at its offset and nowhere else',
  async (name) => {
    const task = resolveTask(name)
    const world = new World(task, await createSimulation(task.xml))
    world.reset(new Rng(5))
    const size = task.spec.agents[1]!.observationNames.length
    const [alone, within] = [new Float64Array(size), new Float64Array(size + 5).fill(7)]
    world.observe(1, alone, 0)
    world.observe(1, within, 3)
    expect([...within]).toEqual([7, 7, 7, ...alone, 7, 7])
    world.close()
  },
)
