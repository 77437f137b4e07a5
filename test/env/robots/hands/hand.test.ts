// The compiled hand against the figures of the original.
import { beforeAll, expect, test } from 'vitest'
import type { World } from '../../../../src/env/mujoco/world.ts'
import { worldOf } from './worlds.ts'

// joint, range, then gain and limit of its servo
const FINGER = (name: string): [string, number, number, number?, number?][] => [
  [`${name}J3`, -0.349, 0.349, 1, 0.9],
  [`${name}J2`, 0, 1.571, 1, 0.9],
  [`${name}J1`, 0, 1.571, 1, 0.7245],
  [`${name}J0`, 0, 1.571],
]
const JOINTS: [string, number, number, number?, number?][] = [
  ['WRJ1', -0.489, 0.14, 5, 4.785],
  ['WRJ0', -0.698, 0.489, 5, 2.175],
  ...FINGER('FF'),
  ...FINGER('MF'),
  ...FINGER('RF'),
  ['LFJ4', 0, 0.785, 1, 0.9],
  ...FINGER('LF'),
  ['THJ4', -1.047, 1.047, 1, 2.3722],
  ['THJ3', 0, 1.222, 1, 1.45],
  ['THJ2', -0.209, 0.209, 1, 0.99],
  ['THJ1', -0.524, 0.524, 1, 0.99],
  ['THJ0', -1.571, 0, 1, 0.81],
]
const FINGER_MASSES = [0.008, 0.014, 0.012, 0.01]
const MASSES = [
  ...[0.1, 4, 0.3, 0.3],
  ...[...FINGER_MASSES, ...FINGER_MASSES, ...FINGER_MASSES],
  ...[0.075, ...FINGER_MASSES],
  ...[0.01, 0.016, 0.002, 0.016, 0.016],
]

let world: World
beforeAll(async () => {
  world = await worldOf('Pen')
})
const array = (name: string) => [...world.simulation.modelArray(name)]
const pairs = (values: number[]) => values.flatMap((low, i) => (i % 2 ? [] : [[low, values[i + 1]!]]))

test('both hands have 26 bodies of these masses, 5.011 kg together', () => {
  const masses = array('body_mass')
  expect(MASSES).toHaveLength(26)
  for (const first of [1, 27]) expect(masses.slice(first, first + 26)).toEqual(MASSES)
  expect(MASSES.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(5.011, 9)
})

test('both hands hang on a free joint and have 24 hinges with these ranges', () => {
  const [kinds, ranges] = [array('jnt_type'), pairs(array('jnt_range'))]
  for (const first of [0, 25]) {
    expect(kinds[first]).toBe(0)
    expect(kinds.slice(first + 1, first + 25)).toEqual(Array(24).fill(3))
    expect(ranges.slice(first + 1, first + 25)).toEqual(JOINTS.map(([, low, high]) => [low, high]))
  }
})

test('20 servos a hand, with gain, limit and range', () => {
  const servos = JOINTS.filter(([, , , gain]) => gain !== undefined)
  expect(servos).toHaveLength(20)
  const both = [...servos, ...servos]
  expect(array('actuator_gainprm').filter((_, i) => i % 10 === 0)).toEqual(both.map(([, , , gain]) => gain))
  expect(pairs(array('actuator_forcerange'))).toEqual(both.map(([, , , , limit]) => [-limit!, limit]))
  expect(pairs(array('actuator_ctrlrange'))).toEqual(both.map(([, low, high]) => [low, high]))
  const names = world.task.body.actuators
  expect(names.slice(6, 26)).toEqual(servos.map(([name]) => `right_${name}`))
  expect(names.slice(32)).toEqual(servos.map(([name]) => `left_${name}`))
})

test('damping and armature: wrist 0.5 and 0.005, fingers 0.1 and 0.001', () => {
  const hinges = (name: string) => array(name).slice(6, 30)
  expect(hinges('dof_damping')).toEqual([0.5, 0.5, ...Array(22).fill(0.1)])
  expect(hinges('dof_armature')).toEqual([0.005, 0.005, ...Array(22).fill(0.001)])
})

test('straight fingers end where the lengths of their links add up to, in the axes of the palm', () => {
  const { simulation } = world
  const [xpos, xmat] = [simulation.dataArray('xpos'), simulation.dataArray('xmat')]
  const palm = 4
  const seen = (body: number) =>
    [0, 1, 2].map((axis) =>
      [0, 1, 2].reduce(
        (sum, i) => sum + xmat[9 * palm + 3 * i + axis]! * (xpos[3 * body + i]! - xpos[3 * palm + i]!),
        0,
      ),
    )
  const thumb = 0.038 + 0.032
  const expected: [body: number, place: number[]][] = [
    [8, [0.033, 0, 0.165]],
    [12, [0.011, 0, 0.169]],
    [16, [-0.011, 0, 0.165]],
    [21, [-0.034, 0, 0.158]],
    [26, [0.034 + thumb * Math.sin(0.785), -0.009, 0.029 + thumb * Math.cos(0.785)]],
  ]
  for (const [body, place] of expected)
    seen(body).forEach((value, axis) => {
      expect(value).toBeCloseTo(place[axis]!, 9)
    })
})

test.each(['BottleCap', 'Pen', 'DoorOpenInward', 'DoorOpenOutward'])(
  '%s: nothing touches at the start',
  async (name) => {
    expect((await worldOf(name)).simulation.contacts()).toEqual([])
  },
)
