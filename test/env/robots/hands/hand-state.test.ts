// The entries of state and observation: order, scales, frames.
import { beforeEach, expect, test } from 'vitest'
import type { World } from '../../../../src/env/mujoco/world.ts'
import { coordinate, entry, resting, worldAt, worldOf } from './worlds.ts'

let world: World
beforeEach(async () => {
  world = await worldOf('Pen')
})

test.each([
  ['BottleCap', 420, 221],
  ['Pen', 417, 218],
  ['DoorOpenInward', 417, 218],
  ['DoorOpenOutward', 417, 218],
])('%s: %d entries of state, %d of an observation', async (name, state, observation) => {
  const { spec } = (await worldOf(name)).task
  expect(spec.stateNames).toHaveLength(state)
  expect(new Set(spec.stateNames).size).toBe(state)
  expect(spec.agents.map(({ observationNames }) => observationNames.length)).toEqual([
    observation,
    observation,
  ])
  expect(spec.agents.map(({ actuators }) => actuators.length)).toEqual([26, 26])
  expect(spec.agents.map((agent) => agent.name)).toEqual(['right_hand', 'left_hand'])
})

test('the blocks of a hand stand where those of the original do', () => {
  const names = world.task.spec.stateNames
  const at: Record<number, string> = {
    0: 'WRJ1_angle',
    24: 'WRJ1_velocity',
    48: 'WRJ1_torque',
    71: 'THJ0_torque',
    72: 'ff_x',
    75: 'ff_orientation_x',
    78: 'ff_orientation_w',
    79: 'ff_velocity_x',
    82: 'ff_angular_velocity_x',
    124: 'th_x',
    137: 'ff_contact_force_x',
    140: 'ff_contact_torque_x',
    161: 'th_contact_force_x',
    167: 'palm_x',
    170: 'roll',
    173: 'force_x_action',
    176: 'torque_x_action',
    179: 'WRJ1_action',
    198: 'THJ0_action',
  }
  for (const [place, name] of Object.entries(at)) {
    expect(names[Number(place)]).toBe(`right_${name}`)
    expect(names[Number(place) + 199]).toBe(`left_${name}`)
  }
  expect(names.slice(398, 402)).toEqual(['object_x', 'object_y', 'object_z', 'object_orientation_x'])
  expect(names.slice(-6)).toEqual(
    ['cap_end', 'barrel_end'].flatMap((end) => ['x', 'y', 'z'].map((a) => `${end}_${a}`)),
  )
})

test('doors have their left handle first', async () => {
  const names = (await worldOf('DoorOpenInward')).task.spec.stateNames
  expect(names.slice(-6)).toEqual(
    ['left_handle', 'right_handle'].flatMap((h) => ['x', 'y', 'z'].map((a) => `${h}_${a}`)),
  )
})

test('a hand sees itself and the object, not the other hand', () => {
  world.step(new Float64Array(52).map((_, i) => Math.sin(i)))
  const { state } = world
  for (const hand of [0, 1]) {
    const seen = new Float64Array(218)
    world.observe(hand, seen, 0)
    expect([...seen]).toEqual([...state.slice(hand * 199, (hand + 1) * 199), ...state.slice(398)])
  }
})

test('angles are shares of their range, velocities a fifth of rad/s, actions as given', async () => {
  const open = await worldAt('Pen', {
    left_LFJ4_angle: 0.785,
    left_WRJ0_angle: -0.698,
    right_FFJ2_angle: 1.571 / 4,
  })
  expect(entry(open, 'left_LFJ4_angle')).toBeCloseTo(1, 9)
  expect(entry(open, 'left_WRJ0_angle')).toBeCloseTo(-1, 9)
  expect(entry(open, 'right_FFJ2_angle')).toBeCloseTo(-0.5, 9)
  const qvel = new Float64Array(open.simulation.qvel.length)
  const index = open.task.body.coordinates.qvel.findIndex(({ name }) => name === 'left_THJ4_velocity')
  qvel[index] = 10
  open.setState(open.simulation.qpos.slice(), qvel)
  expect(entry(open, 'left_THJ4_velocity')).toBe(2)
  qvel[index] = 100
  open.setState(open.simulation.qpos.slice(), qvel)
  expect(entry(open, 'left_THJ4_velocity')).toBe(5)
  const action = Float64Array.from({ length: 52 }, (_, i) => Math.cos(i))
  open.step(action)
  expect([...open.state.slice(173, 199), ...open.state.slice(199 + 173, 398)]).toEqual([...action])
})

test('velocities of links and objects are the rates of their positions', async () => {
  const qvel = new Float64Array(world.simulation.qvel.length).map((_, i) => 0.2 * Math.sin(3 * i + 1))
  const start = world.simulation.qpos.slice()
  start[coordinate(world, 'barrel_z')] = 0.9
  world.setState(start, qvel)
  const names = ['right_ff', 'left_th', 'object'].flatMap((of) =>
    ['x', 'y', 'z'].map((axis) => [of, axis] as const),
  )
  const [places, rates] = [[] as number[], [] as number[]]
  for (const [of, axis] of names) {
    places.push(entry(world, `${of}_${axis}`))
    rates.push(entry(world, `${of}_velocity_${axis}`))
  }
  const later = moved(start, qvel, 1e-6)
  world.setState(later, qvel)
  names.forEach(([of, axis], i) => {
    expect((entry(world, `${of}_${axis}`) - places[i]!) / 1e-6).toBeCloseTo(rates[i]!, 4)
  })
})

/** Coordinates after a short time: hands and pen are free, all else turns or slides. */
function moved(qpos: Float64Array, qvel: Float64Array, time: number): Float64Array {
  const after = qpos.slice()
  let [p, v] = [0, 0]
  for (const joints of [24, 24, 1]) {
    for (let i = 0; i < 3; i++) after[p + i]! += time * qvel[v + i]!
    const [w, x, y, z] = [...qpos.slice(p + 3, p + 7)] as [number, number, number, number]
    const [a, b, c] = [...qvel.slice(v + 3, v + 6)].map((rate) => (time * rate) / 2) as [
      number,
      number,
      number,
    ]
    after.set(
      [
        w - x * a - y * b - z * c,
        x + w * a + y * c - z * b,
        y + w * b + z * a - x * c,
        z + w * c + x * b - y * a,
      ],
      p + 3,
    )
    for (let i = 0; i < joints; i++) after[p + 7 + i]! += time * qvel[v + 6 + i]!
    p += 7 + joints
    v += 6 + joints
  }
  return after
}

test('angles of the mount run from 0 to 2 pi, cut at 5, or are signed', async () => {
  const angles = (of: World) => ['roll', 'pitch', 'yaw'].map((name) => entry(of, `left_${name}`))
  const wrapped = angles(await worldOf('BottleCap'))
  const signed = angles(await worldOf('BottleCap?angles=signed'))
  expect(wrapped.every((angle) => angle >= 0 && angle <= 5)).toBe(true)
  expect(signed.some((angle) => angle < 0)).toBe(true)
  signed.forEach((angle, i) => {
    expect(wrapped[i]).toBeCloseTo(Math.min(5, angle < 0 ? angle + 2 * Math.PI : angle), 9)
  })
})

test('a finger that presses feels it, in its own axes', () => {
  // The right hand goes down to the table, its little finger ahead: the table holds it up.
  const action = resting(world)
  for (const joint of ['FFJ2', 'MFJ2', 'RFJ2', 'LFJ2'])
    action[world.task.body.actuators.indexOf(`right_${joint}`)] = 0.8
  const of = (what: string, parts: string[]) => parts.map((part) => entry(world, `${what}_${part}`))
  const felt: number[] = []
  for (let i = 0; i < 60; i++) {
    action[2] = i < 20 ? 0 : -0.2
    world.step(action)
    expect(of('left_lf_contact_force', ['x', 'y', 'z'])).toEqual([0, 0, 0])
    const force = of('right_lf_contact_force', ['x', 'y', 'z'])
    if (Math.hypot(...force) > 0.1)
      felt.push(upwards(force, of('right_lf_orientation', ['x', 'y', 'z', 'w'])))
  }
  expect(felt.length).toBeGreaterThan(3)
  for (const up of felt) expect(up).toBeGreaterThan(0)
})

/** z in the world of a vector in the axes of a link. */
const upwards = ([a, b, c]: number[], [x, y, z, w]: number[]) =>
  2 * (x! * z! - w! * y!) * a! + 2 * (y! * z! + w! * x!) * b! + (1 - 2 * (x! * x! + y! * y!)) * c!
