import { expect, test } from 'vitest'
import { makeMujocoEnv, taskSpec } from '../../../src/env/make-env.ts'
import { splitActuators } from '../../../src/env/mujoco/factorisation.ts'
import { ant } from '../../../src/env/robots/ant.ts'
import { halfCheetah } from '../../../src/env/robots/half-cheetah.ts'
import { walker2d } from '../../../src/env/robots/walker2d.ts'

const controls = ({ body }: typeof ant, split: string, actionMap: 'contiguous' | 'by-joint') =>
  splitActuators(body, split, actionMap).map((agent) => agent.controls.join(' '))

test('contiguous blocks follow the order of the model, whatever the joints', () => {
  expect(controls(ant, '4x2', 'contiguous')).toEqual(['0 1', '2 3', '4 5', '6 7'])
  expect(controls(halfCheetah, '3x2', 'contiguous')).toEqual(['0 1', '2 3', '4 5'])
  expect(controls(walker2d, '1+2+3', 'contiguous')).toEqual(['0', '1 2', '3 4 5'])
})

test('by joint each agent drives the joints of its part', () => {
  // The actuators of Ant are 0, 1 of leg 4, then 2, 3 of leg 1, 4, 5 of leg 2 and 6, 7 of leg 3.
  expect(controls(ant, '2x4', 'by-joint')).toEqual(['2 3 4 5', '6 7 0 1'])
  expect(controls(ant, '4x2', 'by-joint')).toEqual(['2 3', '4 5', '6 7', '0 1'])
  expect(controls(walker2d, '2x3', 'by-joint')).toEqual(['2 1 0', '5 4 3'])
  expect(controls(halfCheetah, '2x3', 'by-joint')).toEqual(['0 1 2', '3 4 5'])
  expect(controls(halfCheetah, '6x1', 'by-joint')).toEqual(['0', '1', '2', '3', '4', '5'])
})

test.each([
  ['HalfCheetah-4x2', /its 6 actuators do not divide so/],
  ['HalfCheetah-0+6', /its 6 actuators do not divide so/],
  ['HalfCheetah-99999999x1', /its 6 actuators do not divide so/],
  ['Ant-8x1?actionMap=by-joint', /by-joint is defined for 2x4, 4x2/],
  ['HalfCheetah-2+4?actionMap=by-joint', /by-joint is defined for 2x3, /],
])('refuses %s', (task, message) => {
  expect(() => taskSpec(task)).toThrow(
    expect.objectContaining({ code: 'unknown_task', message: expect.stringMatching(message) }),
  )
})

test.each([
  ['contiguous', 'back_right'],
  ['by-joint', 'front_left'],
])('the action map decides which leg an agent moves: %s', async (actionMap) => {
  const env = await makeMujocoEnv(`Ant-4x2?actionMap=${actionMap}&observation=raw`)
  const { names } = env.actionSpace('agent_0')
  const leg = names[0]!.replace('_hip', '')
  const pushed = await hipAfter(actionMap, leg, 1)
  const still = await hipAfter(actionMap, leg, 0)
  expect(pushed - still).toBeGreaterThan(0.05)
  env.close()
})

async function hipAfter(actionMap: string, leg: string, push: number): Promise<number> {
  const env = await makeMujocoEnv(`Ant-4x2?actionMap=${actionMap}`)
  env.reset({ seed: 1 })
  const rest = { agent_1: [0, 0], agent_2: [0, 0], agent_3: [0, 0] }
  for (let i = 0; i < 2; i++) env.step({ agent_0: [push, 0], ...rest })
  const angle = env.state()[env.stateSpace.names.indexOf(`${leg}_hip_angle`)]!
  env.close()
  return angle
}
