// What an action does: forces and torques on the forearm against the drag, targets of the servos.
import { expect, test } from 'vitest'
import { coordinate, entry, resting, still, worldOf } from './worlds.ts'

const run = (world: Awaited<ReturnType<typeof worldOf>>, action: Float64Array, steps: number) => {
  for (let i = 0; i < steps; i++) world.step(action)
}

// Force over drag: 166.7 or 833.3 N on 5.011 kg at 100 / s.
test.each([
  ['BottleCap', 0.3326],
  ['Pen', 1.663],
  ['DoorOpenOutward', 1.663],
])('%s: full force upwards makes a hand rise at %d m/s at once', async (name, speed) => {
  const world = await worldOf(name)
  const action = resting(world)
  action[2] = 1
  run(world, action, 6)
  const { simulation } = world
  // The forearm, where the force acts, is most of the mass; the hand turns a little, so its middle is measured.
  const before = simulation.dataArray('subtree_com')[3 * 1 + 2]!
  world.step(action)
  const after = simulation.dataArray('subtree_com')[3 * 1 + 2]!
  expect((after - before) * 60).toBeCloseTo(speed, 2)
})

test('an action beyond 1 is one of 1, and is seen so', async () => {
  const [a, b] = [await worldOf('Pen'), await worldOf('Pen?angles=signed')]
  run(a, still().fill(3, 0, 3), 3)
  run(b, still().fill(1, 0, 3), 3)
  expect([...a.simulation.qpos]).toEqual([...b.simulation.qpos])
  expect(entry(a, 'right_force_x_action')).toBe(1)
})

test('hands at rest stay: nothing pulls at them, and no weight', async () => {
  const world = await worldOf('DoorOpenOutward')
  const before = world.simulation.qpos.slice()
  run(world, resting(world), 60)
  world.simulation.qpos.forEach((value, i) => {
    expect(Math.abs(value - before[i]!)).toBeLessThan(2e-3)
  })
})

test('servos go to their share of the range, and the last joint of a finger follows the one before', async () => {
  const world = await worldOf('DoorOpenOutward')
  const action = resting(world)
  const names = world.task.body.actuators
  for (const [joint, share] of [
    ['FFJ2', 0],
    ['FFJ1', 0],
    ['LFJ4', 0.5],
    ['WRJ0', 0.5],
  ] as const)
    action[names.indexOf(`left_${joint}`)] = share
  run(world, action, 120)
  const angle = (joint: string) => world.simulation.qpos[coordinate(world, `left_${joint}_angle`)]!
  expect(angle('FFJ2')).toBeCloseTo(1.571 / 2, 1)
  expect(angle('LFJ4')).toBeCloseTo(0.785 * 0.75, 1)
  expect(angle('WRJ0')).toBeCloseTo(-0.698 + 0.75 * 1.187, 1)
  const [leader, follower] = [angle('FFJ1'), angle('FFJ0')]
  expect(Math.abs(0.00705 * follower - 0.00805 * leader)).toBeLessThan(0.0012)
  expect(follower).toBeGreaterThan(0.4)
})

test('a hand is turned about the axes of the world, and only by its own action', async () => {
  const world = await worldOf('DoorOpenOutward')
  const action = resting(world)
  action[26 + 5] = 1
  run(world, action, 5)
  const spin = ['x', 'y', 'z'].map((axis) => entry(world, `left_th_angular_velocity_${axis}`))
  expect(spin[2]!).toBeGreaterThan(0.2)
  expect(Math.abs(entry(world, 'right_th_angular_velocity_z'))).toBeLessThan(1e-2)
})

test('things fall, hands do not', async () => {
  const world = await worldOf('BottleCap')
  const away = world.simulation.qpos.slice()
  away[coordinate(world, 'bottle_x')] = 0.5
  away[coordinate(world, 'bottle_z')] = 1
  world.setState(away, new Float64Array(world.simulation.qvel.length))
  const action = resting(world)
  for (let i = 0; i < 6; i++) world.step(action)
  const fallen = 1 - world.simulation.qpos[coordinate(world, 'bottle_z')]!
  expect(fallen).toBeCloseTo(0.5 * 9.81 * 0.1 ** 2, 2)
  expect(world.simulation.qpos[2]).toBeCloseTo(0.5, 2)
})
