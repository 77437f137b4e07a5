// Success and failure, by states that were put together.
import { expect, test } from 'vitest'
import { entry, judged, worldAt, worldOf } from './worlds.ts'

const { PI } = Math

// The cap's frame stands 10.3 mm beside the bottle's: a slide of 28.2 mm makes 30 mm.
test.each([
  [0.0281, false],
  [0.0283, true],
])('BottleCap with the cap %d m off: done is %s', async (cap_slide, success) => {
  expect(judged(await worldAt('BottleCap', { cap_slide }))).toMatchObject({ success, failed: false })
})

test('BottleCap pays for the cap only while the right fingers are at it', async () => {
  const [shut, open] = [await worldOf('BottleCap'), 0.064]
  const far = judged(shut).reward
  expect(judged(await worldAt('BottleCap', { cap_slide: open })).reward).toBeCloseTo(far, 9)
  // The right hand so that its fingers stand around the cap.
  const pads = ['ff', 'mf', 'rf', 'lf', 'th'].map((finger) => `right_${finger}`)
  const middle = (axis: string) =>
    pads.reduce((sum, pad) => sum + entry(shut, `${pad}_${axis}`), 0) / pads.length
  const [dx, dy, dz] = ['x', 'y', 'z'].map((axis) => entry(shut, `cap_target_${axis}`) - middle(axis)) as [
    number,
    number,
    number,
  ]
  const near = { right_x: dx, right_y: -1.05 + dy, right_z: 0.5 + dz }
  const before = judged(await worldAt('BottleCap', near)).reward
  const after = judged(await worldAt('BottleCap', { ...near, cap_slide: open })).reward
  const paid = after - before
  // 30 times the distance of the frames, which was 10.3 mm; nothing where the fingers stay too far.
  expect([0, 30 * (Math.hypot(open, 0.0103) - 0.0103)].some((sum) => Math.abs(paid - sum) < 1e-9)).toBe(true)
})

test.each([
  ['the cap is low', { bottle_z: 0.38 }],
  ['the right palm is far', { right_y: -1.7 }],
  ['the left palm is far', { left_y: -0.02 }],
])('BottleCap fails when %s', async (_, changes) => {
  expect(judged(await worldAt('BottleCap', changes as Record<string, number>)).failed).toBe(true)
})

test.each([
  [0.1299, false],
  [0.1301, true],
])('Pen with the cap %d m off: done is %s', async (cap_slide, success) => {
  expect(judged(await worldAt('Pen', { cap_slide }))).toMatchObject({ success })
})

test.each(['Pen', 'DoorOpenInward', 'DoorOpenOutward'])('%s fails when a hand is far', async (name) => {
  expect(judged(await worldAt(name, { right_x: 1 })).failed).toBe(true)
  expect(judged(await worldAt(name, { left_x: 1 })).failed).toBe(true)
})

// Distance of the handles across the door.
test.each([
  ['DoorOpenInward', [0.067, 0.211, 0.526, 0.927]],
  ['DoorOpenOutward', [0.067, 0.131, 0.388, 0.767]],
])('%s: how far leaves at 0, 30, 60 and 90 degrees hold the handles apart', async (name, expected) => {
  for (const [i, apart] of expected.entries()) {
    const angle = (i * PI) / 6
    const world = await worldAt(name, { right_leaf_angle: angle, left_leaf_angle: angle })
    const seen = entry(world, 'right_handle_y') - entry(world, 'left_handle_y')
    expect(Math.abs(seen - apart)).toBeLessThan(1e-3)
    expect(judged(world).success).toBe(apart > 0.5)
  }
})

test.each([
  ['DoorOpenInward', 1],
  ['DoorOpenOutward', -1],
])('%s: which way the leaves go', async (name, way) => {
  const shut = entry(await worldOf(name), 'right_handle_x')
  const world = await worldAt(name, { right_leaf_angle: 0.5, left_leaf_angle: 0.5 })
  expect(Math.sign(entry(world, 'right_handle_x') - shut)).toBe(way)
  expect(Math.sign(entry(world, 'left_handle_x') - shut)).toBe(way)
})

test('doors pay for the distance only while both hands are at their handles', async () => {
  const world = await worldOf('DoorOpenInward')
  const r = Math.abs(judged(world).reward) // both sums are above 0.5 here: nothing is added
  const open = await worldAt('DoorOpenInward', { right_leaf_angle: 0.3 })
  expect(judged(open).reward).toBeLessThan(2)
  expect(r).toBeLessThan(0.3)
})
