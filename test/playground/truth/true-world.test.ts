// The true environment of the playground is the environment that models learn, step by step and bit by bit.
import { expect, onTestFinished, test } from 'vitest'
import { taskNames } from '../../../src/env/make-env.ts'
import { hasTruth } from '../../../src/playground/truth/has-truth.ts'
import { TrueWorld } from '../../../src/playground/truth/worker/true-world.ts'
import { here, trialOf } from './steps.ts'

async function opened(environment: string): Promise<TrueWorld> {
  const world = await TrueWorld.open(environment)
  onTestFinished(() => world.close())
  return world
}

test.each(['HalfCheetah-2x3-v1', 'Walker2d-3x2-v1', 'Ant-4x2-v1?contacts=real'])(
  '%s is set onto a state of an episode and steps as the environment does',
  async (name) => {
    const trial = await trialOf(name, 20)
    const world = await opened(name)
    world.begin(trial.start)
    const expected = await here(trial)
    expect(expected.length).toBeGreaterThan(5)
    expect(trial.actions.slice(0, expected.length).map((joint) => world.step(joint))).toEqual(expected)
  },
)

const [idle, still] = [[Array<number>(3).fill(0), Array<number>(3).fill(0)], Array<number>(17).fill(0)]

test('goes on past the end, and says that it ended', async () => {
  const world = await opened('Walker2d-2x3-v1')
  world.begin(still.with(0, 0.5))
  expect([world.step(idle).terminated, world.step(idle).terminated]).toEqual([true, true])
})

test('what is wrong is said in words', async () => {
  await expect(TrueWorld.open('Horse-2x3-v1')).rejects.toThrow('no task named Horse-2x3-v1')
  const world = await opened('HalfCheetah-2x3-v1')
  expect(() => world.step(idle)).toThrow('no state to step from')
  expect(() => world.begin([1, 2])).toThrow('the state has 2 values, not 17')
  expect(() => world.begin(still.with(1, Number.NaN))).toThrow('pitch, value 1 of the state, is NaN')
  world.begin(still)
  expect(() => world.step(idle.slice(1))).toThrow('actions of 1 agents, not 2')
  expect(() => world.step([idle[0]!, [0]])).toThrow('the action of agent_1 has 1 values, not 3')
  expect(() => world.step([idle[0]!, [0, Infinity, 0]])).toThrow('agent_1 is Infinity')
  world.step(idle)
  world.begin(still.with(16, 1e9))
  expect(() => world.step(idle)).toThrow('not finite or beyond any physical bound')
  expect(() => world.step(idle)).toThrow('no state to step from')
})

test('every task of ours has a truth, and no other', () => {
  for (const name of taskNames) expect(hasTruth(name), name).toBe(true)
  for (const name of ['Horse-2x3-v1', 'simple_spread_v3', '', 'Antelope-2x3'])
    expect(hasTruth(name)).toBe(false)
})
