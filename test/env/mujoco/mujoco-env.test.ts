import { expect, test } from 'vitest'
import { makeMujocoEnv, resolveTask } from '../../../src/env/make-env.ts'
import { MujocoEnv } from '../../../src/env/mujoco/mujoco-env.ts'
import { createSimulation } from '../../../src/env/mujoco/simulation.ts'
import { trajectory } from '../check-parallel-env.ts'

const task = resolveTask('HalfCheetah-2x3')
const make = () => makeMujocoEnv('HalfCheetah-2x3')
const still = { agent_0: [0, 0, 0], agent_1: [0, 0, 0] }
const everyone = (value: boolean) => ({ agent_0: value, agent_1: value })

test('an observation is the state and the agent id, standardised over the vector', async () => {
  const env = await make()
  const { observations } = env.reset({ seed: 3 })
  for (const [i, agent] of env.possibleAgents.entries()) {
    const raw = [...env.state(), i === 0 ? 1 : 0, i === 1 ? 1 : 0]
    const mean = raw.reduce((sum, x) => sum + x, 0) / 19
    const deviation = Math.sqrt(raw.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 19)
    expect(observations[agent]).toHaveLength(19)
    observations[agent]!.forEach((value, k) => {
      expect(value).toBeCloseTo((raw[k]! - mean) / deviation, 12)
    })
  }
  env.close()
})

test('observations belong to the caller: later steps do not change them', async () => {
  const env = await make()
  const { observations } = env.reset({ seed: 3 })
  const copy = observations.agent_0!.slice()
  env.step(still)
  expect(observations.agent_0).toEqual(copy)
  env.close()
})

test('writing to one observation leaves those of the other agents alone', async () => {
  const env = await make()
  const { observations } = env.reset({ seed: 3 })
  const other = observations.agent_1!.slice()
  observations.agent_0!.fill(Number.NaN)
  expect(observations.agent_1).toEqual(other)
  env.close()
})

test('the records of an answer belong to the caller: what is written to them is not in the next answer', async () => {
  const env = await make()
  env.reset({ seed: 3 })
  const { terminations, truncations, infos } = env.step(still)
  Object.assign(terminations, everyone(true))
  Object.assign(truncations, everyone(true))
  infos.agent_0 = { mine: 1 }
  const next = env.step(still)
  expect(next.terminations).toEqual(everyone(false))
  expect(next.truncations).toEqual(everyone(false))
  expect(next.infos).toEqual({ agent_0: {}, agent_1: {} })
  env.close()
})

test('truncates after 1000 steps without terminating', async () => {
  const env = await make()
  env.reset({ seed: 1 })
  for (let i = 1; i < 1000; i++) expect(env.step(still).truncations.agent_0).toBe(false)
  const last = env.step(still)
  expect(last.truncations).toEqual(everyone(true))
  expect(last.terminations).toEqual(everyone(false))
  expect(env.agents).toEqual([])
  expect(() => env.step(still)).toThrow(/call reset\(\)/)
  env.close()
})

test('terminates when the task says so, without truncating', async () => {
  const env = new MujocoEnv(
    { ...task, goal: { ...task.goal, terminated: () => true } },
    await createSimulation(task.xml),
  )
  env.reset({ seed: 1 })
  const { terminations, truncations } = env.step(still)
  expect(terminations).toEqual(everyone(true))
  expect(truncations).toEqual(everyone(false))
  expect(env.agents).toEqual([])
  env.close()
})

test('ends the episode when the physics fail, and starts anew after a reset', async () => {
  const env = await make()
  env.setState([0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1e9, 0, 0, 0, 0, 0])
  expect(() => env.step(still)).toThrow(expect.objectContaining({ code: 'simulation_failed' }))
  expect(env.agents).toEqual([])
  env.reset({ seed: 1 })
  env.step(still)
  expect(env.agents).toEqual(['agent_0', 'agent_1'])
  env.close()
})

test('setState refuses the wrong length and a state that is not finite', async () => {
  const env = await make()
  const zeros = Array<number>(9).fill(0)
  expect(() => env.setState([0], zeros)).toThrow(expect.objectContaining({ code: 'invalid_shape' }))
  const bad = zeros.with(2, Number.NaN)
  expect(() => env.setState(bad, zeros)).toThrow(expect.objectContaining({ code: 'simulation_failed' }))
  expect(env.agents).toEqual([])
  env.close()
})

test('environments alive at the same time do not disturb one another', async () => {
  const alone = await make()
  const expected = trajectory(alone, 5)
  const others: MujocoEnv[] = []
  alone.reset({ seed: 5 })
  // Enough of them that the heap grows and every view taken so far is emptied.
  for (let i = 0; i < 100; i++) others.push(await make())
  for (const other of others) trajectory(other, 6, 2)
  expect(trajectory(alone, 5)).toEqual(expected)
  expect(trajectory(others[0]!, 5)).toEqual(expected)
  for (const env of [alone, ...others]) env.close()
})

test('closing one environment leaves the others running', async () => {
  const [one, other] = [await make(), await make()]
  const expected = trajectory(other, 5)
  one.close()
  expect(trajectory(other, 5)).toEqual(expected)
  other.close()
})
