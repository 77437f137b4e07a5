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

/** Actuators by agent, agents between `|`. */
const split = (task: string) =>
  taskSpec(task)
    .agents.map(({ actuators }) => actuators.join(' '))
    .join(' | ')

// The split of multiagent_mujoco in fact, and that of Gymnasium-Robotics; for 3x2 the one multiagent_mujoco names.
test.each([
  [
    'Ant-2x4',
    'front_right_hip front_right_ankle front_left_hip front_left_ankle | back_left_hip back_left_ankle back_right_hip back_right_ankle',
    'front_left_hip front_left_ankle back_left_hip back_left_ankle | back_right_hip back_right_ankle front_right_hip front_right_ankle',
  ],
  [
    'Ant-4x2',
    'front_right_hip front_right_ankle | front_left_hip front_left_ankle | back_left_hip back_left_ankle | back_right_hip back_right_ankle',
    'front_left_hip front_left_ankle | back_left_hip back_left_ankle | back_right_hip back_right_ankle | front_right_hip front_right_ankle',
  ],
  [
    'HalfCheetah-2x3',
    'back_thigh back_shin back_foot | front_thigh front_shin front_foot',
    'back_thigh back_shin back_foot | front_thigh front_shin front_foot',
  ],
  [
    'HalfCheetah-3x2',
    'back_thigh back_shin | back_foot front_thigh | front_shin front_foot',
    'back_foot back_shin | back_thigh front_foot | front_shin front_thigh',
  ],
  [
    'HalfCheetah-6x1',
    'back_thigh | back_shin | back_foot | front_thigh | front_shin | front_foot',
    'back_thigh | back_shin | back_foot | front_thigh | front_shin | front_foot',
  ],
  [
    'Walker2d-2x3',
    'right_thigh right_shin right_foot | left_thigh left_shin left_foot',
    'right_foot right_shin right_thigh | left_foot left_shin left_thigh',
  ],
  [
    'Walker2d-3x2',
    'right_thigh right_shin | right_foot left_thigh | left_shin left_foot',
    'right_foot right_shin | right_thigh left_foot | left_shin left_thigh',
  ],
])('%s: who drives what, by contiguous blocks and by joint', (task, contiguous, byJoint) => {
  expect(taskNames).toContain(`${task}-v1`)
  expect(split(task)).toBe(contiguous)
  expect(split(`${task}?actionMap=by-joint`)).toBe(byJoint)
})

test('other contiguous splits are tasks too', () => {
  const sizes = (task: string) => taskSpec(task).agents.map(({ actuators }) => actuators.length)
  expect(sizes('HalfCheetah-2+4')).toEqual([2, 4])
  expect(sizes('Ant-8x1')).toEqual(Array(8).fill(1))
  expect(sizes('Walker2d-1+2+3')).toEqual([1, 2, 3])
})

test('has the seven tasks of Table 2 with observations and states of the right size', () => {
  const sizes = taskNames.map((task) => {
    const { agents, stateNames } = taskSpec(task)
    return [task, agents[0]!.observationNames.length, stateNames.length]
  })
  expect(sizes).toEqual([
    ['Ant-2x4-v1', 113, 111],
    ['Ant-4x2-v1', 115, 111],
    ['HalfCheetah-2x3-v1', 19, 17],
    ['HalfCheetah-3x2-v1', 20, 17],
    ['HalfCheetah-6x1-v1', 23, 17],
    ['Walker2d-2x3-v1', 19, 17],
    ['Walker2d-3x2-v1', 20, 17],
  ])
})
