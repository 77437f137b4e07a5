// Agents that differ, in one form: padding and scaling end before the environment.
import { expect, test } from 'vitest'
import { taskSpec } from '../../../src/env/make-env.ts'
import { hasRawActions, scaledTask } from '../../../src/env/scaled-actions.ts'
import { agentSizes, commonObservation } from '../../../src/env/task-spec.ts'
import { uniformEnv } from '../../../src/env/vector/uniform-env.ts'
import { choiceEnv, choiceTask } from '../../episodes/sources/choice-env.ts'
import { syntheticSpec } from '../../episodes/sources/served.ts'
import { syntheticVectorEnv } from '../../episodes/sources/synthetic-vector-env.ts'

const open = () => {
  const env = choiceEnv(2)
  const task = scaledTask(choiceTask, env)
  return { env, task, uniform: uniformEnv(env, task) }
}

test('observations are padded with zeros, and each agent sees which one it is', async () => {
  const { task, uniform } = open()
  expect(agentSizes(task)).toEqual({ action: 3, observation: 5 })
  const { observations } = await uniform.reset()
  expect(observations.mixer!.length).toBe(10)
  expect([...observations.mixer!.subarray(1, 5)]).toEqual([0, 0, 0, 1])
  expect([...observations.picker!.subarray(3, 5)]).toEqual([1, 0])
  expect([...observations.picker!.subarray(0, 3)].toSorted()).toEqual([0, 0, 1])
  expect(uniform.observationSpace('mixer')).toMatchObject({
    shape: [5],
    names: ['target', 'padding_0', 'padding_1', 'is_picker', 'is_mixer'],
    low: Float64Array.of(-1, 0, 0, 0, 0),
    high: Float64Array.of(3, 0, 0, 1, 1),
  })
  expect(commonObservation(task).names).toEqual(['entry_0', 'entry_1', 'entry_2', 'is_picker', 'is_mixer'])
})

test('numbers are scaled to their bounds and kept inside, choices stay as they are', async () => {
  const { env, task, uniform } = open()
  expect(task).toMatchObject({ actionLow: -1, actionHigh: 1 })
  expect(task.agents.map(({ bounds }) => bounds)).toEqual([undefined, { low: [0], high: [4] }])
  expect(uniform.actionSpace('mixer')).toMatchObject({
    low: Float64Array.of(-1, 0, 0),
    high: Float64Array.of(1, 1, 1),
    layout: { box: 1, choices: [2] },
  })
  await uniform.reset()
  await uniform.step({ picker: [1, 0, 0, 0, 1, 0], mixer: [0.5, 1, 0, -7, 0, 1] })
  expect(env.given).toEqual([{ picker: [1, 0, 0, 0, 1, 0], mixer: [3, 1, 0, 0, 0, 1] }])
})

test('padding of an action never arrives', async () => {
  const spec = { ...choiceTask, agents: choiceTask.agents.map((agent) => ({ ...agent })) }
  spec.agents[0] = { ...spec.agents[0]!, actuators: ['pick_a', 'pick_b'], choices: [2] }
  const env = choiceEnv(1)
  const uniform = uniformEnv(env, spec)
  await uniform.reset()
  await uniform.step({ picker: [0, 1, 55], mixer: [3, 1, 0] })
  expect(env.given[0]).toEqual({ picker: [0, 1], mixer: [3, 1, 0] })
})

test('where agents are alike and bounds are -1 and 1 the environment stays what it is', () => {
  const env = syntheticVectorEnv({ copies: 1, autoreset: 'disabled' })
  expect(scaledTask(syntheticSpec, env)).toBe(syntheticSpec)
  expect(uniformEnv(env, syntheticSpec)).toBe(env)
})

test('a run from before actions were scaled is known by its task', () => {
  const raw = { ...syntheticSpec, actionLow: -2, actionHigh: 3 }
  const env = syntheticVectorEnv({ copies: 1, autoreset: 'disabled', bounds: [-2, 3] })
  expect([raw, syntheticSpec, scaledTask(raw, env), choiceTask].map(hasRawActions)).toEqual([
    true,
    false,
    false,
    false,
  ])
})

test('agents of our own that differ in what they drive know already who they are', () => {
  expect(agentSizes(taskSpec('HalfCheetah-2+4'))).toEqual({ action: 4, observation: 19 })
  const hops = taskSpec('HalfCheetah-6x1?observation=k-hop&actionMap=by-joint')
  expect(agentSizes(hops)).toEqual({ action: 1, observation: 9 + 6 })
})
