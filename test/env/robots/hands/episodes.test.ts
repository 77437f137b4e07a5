// Whole episodes: limits, ends, what a copy remembers, and that the physics hold.
import { describe, expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { makeMujocoEnv, taskSpec } from '../../../../src/env/make-env.ts'
import { handsTaskNames } from '../../../../src/env/robots/hands/hands-task.ts'
import { entry, resting, still, worldAt, worldOf } from './worlds.ts'

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

test('an option that changes nothing of a task is no part of its name', () => {
  expect(taskSpec('DexHands-DoorOpenInward?start=given&friction=largest').name).toBe(
    'DexHands-DoorOpenInward-mj1?friction=largest',
  )
  expect(taskSpec('DexHands-Pen?start=given&friction=largest').name).toBe('DexHands-Pen-mj1?start=given')
})

test('things that begin inside each other are pushed apart, and not away', async () => {
  const pen = await worldOf('Pen?start=given')
  expect(entry(pen, 'object_z')).toBeCloseTo(0.6, 6)
  for (let i = 0; i < 10; i++) pen.step(resting(pen))
  expect(entry(pen, 'object_z')).toBeGreaterThan(0.609)
  expect(entry(pen, 'object_z')).toBeLessThan(0.63)
  const radius = async (options: string) => {
    const { simulation } = await worldOf(`BottleCap${options}`)
    return [0.031, 0.0385].filter((size) => simulation.modelArray('geom_size').includes(size))
  }
  expect([await radius(''), await radius('?start=given')]).toEqual([[0.031], [0.0385]])
})

test('friction is the mean of both, or the larger one', async () => {
  const frictions = async (name: string) => {
    const { simulation } = await worldOf(name)
    const values = simulation.modelArray('geom_friction').filter((_, i) => i % 3 === 0)
    return [...new Set(values)].sort((a, b) => a - b)
  }
  expect(await frictions('DoorOpenInward')).toEqual([0.55, 1])
  expect(await frictions('BottleCap')).toEqual([1, 50.5])
  expect(await frictions('BottleCap?friction=largest')).toEqual([1, 100])
})

test('fingertips feel nothing where asked, and all else is the same', async () => {
  const seen = async (options: string) => {
    const world = await worldOf(`BottleCap${options}`)
    for (let i = 0; i < 20; i++) world.step(still())
    return { state: [...world.state], names: world.task.spec.stateNames }
  }
  const [feeling, numb] = [await seen(''), await seen('?touch=zeros')]
  const touched = (i: number) => /_contact_(force|torque)_/.test(feeling.names[i]!)
  expect(numb.state).toEqual(feeling.state.map((value, i) => (touched(i) ? 0 : value)))
  expect(feeling.state.some((value, i) => touched(i) && value !== 0)).toBe(true)
})

test('velocities are those of frames, or of centres of mass', async () => {
  const lifted = async (options: string) => {
    const world = await worldOf(`Pen${options}`)
    const qvel = world.simulation.qvel.slice()
    qvel[3] = 2 // the right hand turns about its own x
    world.setState(world.simulation.qpos.slice(), qvel)
    return ['x', 'y', 'z'].map((axis) => entry(world, `right_ff_velocity_${axis}`))
  }
  const [frame, centre] = [await lifted(''), await lifted('?velocities=centre')]
  const apart = Math.hypot(...frame.map((value, i) => value - centre[i]!))
  expect(apart).toBeCloseTo(2 * 0.015, 6) // the centre of a fingertip is 15 mm from its frame
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
