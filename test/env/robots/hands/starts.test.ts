// The start of episodes: distances and rewards are those of the original to a millimetre.
import { expect, test } from 'vitest'
import { distance, PALMS, reach } from '../../../../src/env/robots/hands/places.ts'
import { entry, judged, worldOf } from './worlds.ts'

/** The place of an entry `name_x` of the state, fixed in the world. */
const at = (world: Awaited<ReturnType<typeof worldOf>>, name: string) => ({
  body: 0,
  at: ['x', 'y', 'z'].map((axis) => entry(world, `${name}_${axis}`)) as [number, number, number],
})

// What is reached for by the right and the left hand; sums over its fingers, distances of the palms.
test.each([
  ['BottleCap', 'cap_target', 'bottle', 0.806, 0.623, 0.164, 0.049, 1.146],
  ['Pen', 'cap_end', 'barrel_end', 1.191, 1.333, 0.272, 0.284, 0],
  ['DoorOpenInward', 'right_handle', 'left_handle', 1.053, 1.167, 0.234, 0.239, -0.221],
  ['DoorOpenOutward', 'right_handle', 'left_handle', 1.011, 1.094, 0.229, 0.231, -0.105],
])('%s', async (name, right, left, sumRight, sumLeft, palmRight, palmLeft, reward) => {
  const world = await worldOf(name)
  const { simulation } = world
  const [r, l] = [at(world, right), at(world, left)]
  const seen = [
    reach(simulation, 0, r),
    reach(simulation, 1, l),
    distance(simulation, PALMS[0]!, r),
    distance(simulation, PALMS[1]!, l),
    judged(world).reward,
  ]
  seen.forEach((value, i) => {
    expect(Math.abs(value - [sumRight, sumLeft, palmRight, palmLeft, reward][i]!)).toBeLessThan(1e-3)
  })
  expect(judged(world)).toMatchObject({ failed: false, success: false })
})

test.each([
  ['DoorOpenInward', 0.717],
  ['DoorOpenOutward', 0.683],
])('%s: the handles are on the side of the hands, each before its own', async (name, height) => {
  const world = await worldOf(name)
  for (const [hand, y] of [
    ['right', 0.0365],
    ['left', -0.0304],
  ] as const) {
    expect(entry(world, `${hand}_handle_x`)).toBeGreaterThan(0.03)
    expect(entry(world, `${hand}_handle_y`)).toBeCloseTo(y, 4)
    expect(entry(world, `${hand}_handle_z`)).toBeCloseTo(height, 4)
  }
})

test('the pen lies across, its cap before the right hand, both ends 0.17 m apart', async () => {
  const world = await worldOf('Pen')
  expect(entry(world, 'cap_end_y')).toBeCloseTo(0.1, 3)
  expect(entry(world, 'barrel_end_y')).toBeCloseTo(-0.07, 3)
})

test('the thumbs of BottleCap begin bent, and nothing pulls at a joint', async () => {
  const world = await worldOf('BottleCap')
  for (const hand of ['right', 'left']) {
    expect(entry(world, `${hand}_THJ4_angle`)).toBeCloseTo(-1.04 / 1.047, 9)
    expect(entry(world, `${hand}_THJ3_angle`)).toBeCloseTo((2 * 1.2) / 1.222 - 1, 9)
    expect(entry(world, `${hand}_THJ4_torque`)).toBeCloseTo(0, 2)
  }
})
