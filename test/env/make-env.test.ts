import { expect, test } from 'vitest'
import { makeEnv, taskNames, taskSpec } from '../../src/env/make-env.ts'

test('a name without a version is the latest', () => {
  expect(taskSpec('HalfCheetah-2x3').name).toBe('HalfCheetah-2x3-v1')
  expect(taskNames).toContain('HalfCheetah-2x3-v1')
})

test.each(['Nobody-2x3', 'constructor', 'HalfCheetah-2x3-v9', 'HalfCheetah-9x9', 'HalfCheetah-3+4'])(
  'refuses the unknown task %s',
  async (name) => {
    await expect(makeEnv(name)).rejects.toMatchObject({ code: 'unknown_task' })
    expect(() => taskSpec(name)).toThrow(expect.objectContaining({ code: 'unknown_task' }))
  },
)

test('lists the tasks when a robot is unknown', () => {
  expect(() => taskSpec('Nobody-2x3')).toThrow(/HalfCheetah-2x3-v1/)
})

test.each(taskNames)('%s: environment and spec agree', async (name) => {
  const spec = taskSpec(name)
  const env = await makeEnv(name)
  expect(env.possibleAgents).toEqual(spec.agents.map((agent) => agent.name))
  expect(env.stateSpace).toMatchObject({ names: spec.stateNames, units: spec.stateUnits })
  for (const { name: agent, actuators, observationNames } of spec.agents) {
    expect(env.actionSpace(agent)).toMatchObject({ names: actuators, shape: [actuators.length] })
    expect(env.observationSpace(agent).names).toEqual(observationNames)
  }
  env.close()
})

test('a spec is plain JSON', () => {
  const spec = taskSpec('HalfCheetah-2x3')
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
})

test('agents drive contiguous blocks of the actuators', () => {
  const actuators = (task: string) => taskSpec(task).agents.map((agent) => agent.actuators)
  expect(actuators('HalfCheetah-3x2')).toEqual([
    ['back_thigh', 'back_shin'],
    ['back_foot', 'front_thigh'],
    ['front_shin', 'front_foot'],
  ])
  expect(actuators('HalfCheetah-2+4').map(({ length }) => length)).toEqual([2, 4])
})
