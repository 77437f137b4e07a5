import { expect, test } from 'vitest'
import { makeEnv, taskNames, taskSpec } from '../../src/env/make-env.ts'
import { factorise } from '../../src/env/task-spec.ts'
import { halfCheetah } from '../../src/env/tasks/half-cheetah.ts'

test('knows HalfCheetah-2x3', () => {
  expect(taskNames).toContain('HalfCheetah-2x3')
})

test('refuses an unknown task and lists the known ones', async () => {
  const error = { code: 'unknown_task', message: expect.stringContaining('HalfCheetah-2x3') }
  await expect(makeEnv('HalfCheetah-9x9')).rejects.toMatchObject(error)
  expect(() => taskSpec('constructor')).toThrow(expect.objectContaining(error))
})

test.each(taskNames)('%s: environment and spec agree', async (name) => {
  const spec = taskSpec(name)
  const env = await makeEnv(name)
  expect(env.possibleAgents).toEqual(spec.agents.map((agent) => agent.name))
  expect(env.stateSpace).toMatchObject({ names: spec.stateNames, units: spec.stateUnits })
  for (const { name: agent, actuators } of spec.agents) {
    expect(env.actionSpace(agent)).toMatchObject({ names: actuators, shape: [spec.actionDimension] })
    expect(env.observationSpace(agent).names).toEqual(spec.observationNames)
  }
  env.close()
})

test('a spec is plain JSON', () => {
  const spec = taskSpec('HalfCheetah-2x3')
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
})

test('agents drive contiguous blocks of the actuators', () => {
  expect(halfCheetah(3).spec).toMatchObject({
    name: 'HalfCheetah-3x2',
    actionDimension: 2,
    agents: [
      { name: 'agent_0', actuators: ['back_thigh', 'back_shin'] },
      { name: 'agent_1', actuators: ['back_foot', 'front_thigh'] },
      { name: 'agent_2', actuators: ['front_shin', 'front_foot'] },
    ],
  })
})

test('refuses blocks of unequal size', () => {
  const body = { ...taskSpec('HalfCheetah-2x3'), actuators: ['one', 'two', 'three'] }
  expect(() => factorise('Uneven', body, 2)).toThrow(/3 actuators do not divide among 2 agents/)
})
