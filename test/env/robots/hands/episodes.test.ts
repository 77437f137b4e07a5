// Whole episodes: limits, ends, what a copy remembers, and that the physics hold.
import { describe, expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { makeMujocoEnv, taskSpec } from '../../../../src/env/make-env.ts'
import { handsTaskNames } from '../../../../src/env/robots/hands/hands-task.ts'
import { still, worldAt, worldOf } from './worlds.ts'

const LIMITS: Record<string, number> = { BottleCap: 125, Pen: 125, DoorOpenInward: 250, DoorOpenOutward: 250 }
const joint = () => ({ right_hand: new Float64Array(26), left_hand: new Float64Array(26) })

test.each([
  ['', { terminations: false, truncations: true }],
  ['?ends=single', { terminations: true, truncations: false }],
])('Pen-mj1%s: what the time limit is', async (options, ends) => {
  const env = await makeMujocoEnv(`DexHands-Pen${options}`)
  env.reset()
  let steps = 0
  for (;;) {
    const { terminations, truncations, infos } = env.step(joint())
    steps++
    expect(infos.left_hand).toEqual({ success: false })
    if (env.agents.length > 0) continue
    expect({ terminations: terminations.right_hand, truncations: truncations.right_hand }).toEqual(ends)
    break
  }
  expect(steps).toBe(125)
  env.close()
})

describe.each(handsTaskNames)('%s', (name) => {
  const errand = name.split('-')[1]!

  test('says how long an episode is, and what a step is', () => {
    expect(taskSpec(name)).toMatchObject({ name, episodeLimit: LIMITS[errand], stepSeconds: 4 / 240 })
  })

  test('random episodes keep the bounds and go on from what was saved, to the last bit', async () => {
    const world = await worldOf(errand)
    const rng = new Rng(3, 'actions')
    const action = () => still().map(() => 2 * rng.uniform() - 1)
    const actions = Array.from({ length: 40 }, action)
    const saved = new Float64Array(world.saveSize)
    const seen: number[][] = []
    for (const one of actions.slice(0, 20)) world.step(one)
    world.save(saved, 0)
    for (const one of actions.slice(20)) {
      world.step(one)
      seen.push([...world.state, world.reward])
      expect(world.state.every((value) => Math.abs(value) <= 5)).toBe(true)
    }
    world.reset(rng)
    world.step(action())
    world.load(saved, 0)
    actions.slice(20).forEach((one, i) => {
      world.step(one)
      expect([...world.state, world.reward]).toEqual(seen[i])
    })
  })
})

test('what was done once stays done in this episode, and no longer', async () => {
  const world = await worldAt('Pen', { cap_slide: 0.2 })
  expect(world.succeeded).toBe(false)
  world.step(still())
  expect(world.succeeded).toBe(true)
  const qpos = world.simulation.qpos
  qpos[qpos.length - 1] = 0
  world.step(still())
  expect(world.succeeded).toBe(true)
  world.reset(new Rng(1))
  expect(world.succeeded).toBe(false)
})

test('all episodes start alike', async () => {
  const world = await worldOf('BottleCap')
  const first = [...world.state]
  world.step(still().fill(0.5))
  world.reset(new Rng(77))
  expect([...world.state]).toEqual(first)
})

test.each([
  ['DexHands-Pen-v1', 'unknown_task'],
  ['DexHands-Pen-mj2', 'unknown_task'],
  ['DexHands-Pan', 'unknown_task'],
  ['DexHands-', 'unknown_task'],
  ['DexHands-Pen?springs=off&springs=on', 'invalid_config'],
  ['DexHands-Pen?hops=1', 'invalid_config'],
])('%s is refused', (name, code) => {
  expect(() => taskSpec(name)).toThrow(expect.objectContaining({ code }))
})

test('a name without a version is the latest, and options at their defaults are left out', () => {
  expect(taskSpec('DexHands-Pen').name).toBe('DexHands-Pen-mj1')
  expect(taskSpec('DexHands-Pen-mj1?springs=on&angles=wrapped').name).toBe('DexHands-Pen-mj1?springs=on')
  expect(() => taskSpec('DexHands-Pn')).toThrow(/did you mean DexHands-Pen/)
})

test('springs pull the leaves of a door back', async () => {
  const angle = async (options: string) => {
    const world = await worldAt(`DoorOpenOutward${options}`, { right_leaf_angle: 0.8 })
    for (let i = 0; i < 30; i++) world.step(still())
    return world.simulation.qpos.at(-2)!
  }
  expect(await angle('')).toBeCloseTo(0.8, 2)
  expect(await angle('?springs=on')).toBeLessThan(0.75)
})
