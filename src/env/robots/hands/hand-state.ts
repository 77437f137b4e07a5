// What is seen of a hand [199]. Large numbers are scaled and all are clipped: the caller does that.
//
// | entries  | what                                                                    | scale                   |
// |----------|-------------------------------------------------------------------------|-------------------------|
// | 0..23    | angles of the hinges                                                    | range to -1 .. 1        |
// | 24..47   | their velocities, rad/s                                                 | 0.2                     |
// | 48..71   | their torques, of servo and of constraints, N m                         | 10                      |
// | 72..136  | distal links ff, mf, rf, lf, th: position, quaternion x, y, z, w,       | 1                       |
// |          | velocity, angular velocity, in the axes of the world                    |                         |
// | 137..166 | contact force and torque on them, in their own axes, N and N m          | 10                      |
// | 167..169 | a point before the palm                                                 | 1                       |
// | 170..172 | roll, pitch and yaw of the mount                                        | 1                       |
// | 173..198 | the action just applied                                                 | 1                       |
import type { Simulation } from '../../mujoco/simulation.ts'
import { FINGERS, HINGES, SERVOS } from './figures.ts'
import { ACTION, type HandPlace, PLACES } from './layout.ts'
import { MOTION, PALMS, type VelocityOf, writeMotion, writePlace } from './places.ts'

export const HAND_STATE = 199
export const SPIN_SCALE = 0.2
const FORCE_SCALE = 10
const WHOLE_TURN = 2 * Math.PI

const AXES = ['x', 'y', 'z']
const named = (prefix: string, unit: string, axes = AXES) =>
  axes.map((axis) => ({ name: `${prefix}_${axis}`, unit }))

/** Entries of a motion, as `writeMotion` writes them. */
export const motionEntries = (body: string, spinUnit: string) => [
  ...named(body, 'm'),
  ...named(`${body}_orientation`, '1', [...AXES, 'w']),
  ...named(`${body}_velocity`, 'm/s'),
  ...named(`${body}_angular_velocity`, spinUnit),
]

/** Names of the entries of an action. */
export const actionNames = (hand: string): string[] => [
  ...AXES.map((axis) => `${hand}_force_${axis}`),
  ...AXES.map((axis) => `${hand}_torque_${axis}`),
  ...SERVOS.map((i) => `${hand}_${HINGES[i]!.name}`),
]

export const handEntries = (hand: string) => [
  ...['angle', 'velocity', 'torque'].flatMap((what) =>
    HINGES.map(({ name }) => ({ name: `${hand}_${name}_${what}`, unit: '1' })),
  ),
  ...FINGERS.flatMap((finger) => motionEntries(`${hand}_${finger}`, 'rad/s')),
  ...FINGERS.flatMap((finger) => [
    ...named(`${hand}_${finger}_contact_force`, '1'),
    ...named(`${hand}_${finger}_contact_torque`, '1'),
  ]),
  ...named(`${hand}_palm`, 'm'),
  ...['roll', 'pitch', 'yaw'].map((angle) => ({ name: `${hand}_${angle}`, unit: 'rad' })),
  ...actionNames(hand).map((name) => ({ name: `${name}_action`, unit: '1' })),
]

/** What the original leaves open of what is seen. */
export interface Sight {
  /** Angles of the mount in -pi .. pi instead of 0 .. 2 pi. */
  readonly signedAngles: boolean
  /** Whether fingertips feel. */
  readonly touch: boolean
  readonly velocityOf: VelocityOf
}

/** `actions` [2 * 26]: as applied. */
export function writeHand(
  simulation: Simulation,
  hand: number,
  actions: ArrayLike<number>,
  { signedAngles, touch, velocityOf }: Sight,
  target: Float64Array,
  offset: number,
): void {
  const place = PLACES[hand]!
  const count = HINGES.length
  writeHinges(simulation, place, target, offset)
  place.tips.forEach((tip, i) => {
    writeMotion(simulation, tip, { turning: 1, velocityOf }, target, offset + 3 * count + MOTION * i)
    const felt = offset + 3 * count + MOTION * FINGERS.length + 6 * i
    if (touch) writeTouch(simulation, tip, target, felt)
    else target.fill(0, felt, felt + 6)
  })
  const rest = offset + 3 * count + (MOTION + 6) * FINGERS.length
  writePlace(simulation, PALMS[hand]!, target, rest)
  writeAngles(simulation, place.mount, signedAngles, target, rest + 3)
  for (let i = 0; i < ACTION; i++) target[rest + 6 + i] = actions[place.action + i]!
}

function writeHinges(simulation: Simulation, place: HandPlace, target: Float64Array, offset: number): void {
  const { qpos, qvel } = simulation
  const [driven, held] = [simulation.dataArray('qfrc_actuator'), simulation.dataArray('qfrc_constraint')]
  const count = HINGES.length
  for (let i = 0; i < count; i++) {
    const [low, high] = HINGES[i]!.range
    const at = place.qvel + i
    target[offset + i] = (2 * qpos[place.qpos + i]! - low - high) / (high - low)
    target[offset + count + i] = SPIN_SCALE * qvel[at]!
    target[offset + 2 * count + i] = FORCE_SCALE * (driven[at]! + held[at]!)
  }
}

/** MuJoCo has torque, then force, in the axes of the world, about the centre of mass of the whole hand. */
function writeTouch(simulation: Simulation, body: number, target: Float64Array, offset: number): void {
  const [outer, turn, xpos] = [
    simulation.dataArray('cfrc_ext'),
    simulation.dataArray('xmat'),
    simulation.dataArray('xpos'),
  ]
  const centre = simulation.dataArray('subtree_com')
  const root = simulation.modelArray('body_rootid')[body]!
  const arm = (axis: number) => centre[3 * root + axis]! - xpos[3 * body + axis]!
  const force = (axis: number) => outer[6 * body + 3 + axis]!
  for (let i = 0; i < 3; i++) {
    let [along, about] = [0, 0]
    for (let j = 0; j < 3; j++) {
      const [k, l] = [(j + 1) % 3, (j + 2) % 3]
      const share = FORCE_SCALE * turn[9 * body + 3 * j + i]!
      along += share * force(j)
      about += share * (outer[6 * body + j]! + arm(k) * force(l) - arm(l) * force(k))
    }
    target[offset + i] = along
    target[offset + 3 + i] = about
  }
}

/** About the fixed axes x, y, z. */
function writeAngles(
  simulation: Simulation,
  body: number,
  signed: boolean,
  target: Float64Array,
  offset: number,
): void {
  const quaternions = simulation.dataArray('xquat')
  const [w, x, y, z] = [0, 1, 2, 3].map((i) => quaternions[4 * body + i]!) as [number, number, number, number]
  target[offset] = Math.atan2(2 * (w * x + y * z), w * w - x * x - y * y + z * z)
  target[offset + 1] = Math.asin(Math.max(-1, Math.min(1, 2 * (w * y - z * x))))
  target[offset + 2] = Math.atan2(2 * (w * z + x * y), w * w + x * x - y * y - z * z)
  if (signed) return
  for (let i = offset; i < offset + 3; i++) if (target[i]! < 0) target[i]! += WHOLE_TURN
}
