// Points that move with bodies, and how bodies move, in the axes of the world. Nothing is allocated.
import type { Point } from '../../mujoco/rotations.ts'
import type { Simulation } from '../../mujoco/simulation.ts'
import { PLACES } from './layout.ts'

export interface Place {
  readonly body: number
  /** In the axes of the body. */
  readonly at: Point
}

/** Of a distal link: where the pad of the finger is. */
const PAD: Point = [0, 0, 0.02]
/** Before the middle of the palm. */
const PALM: Point = [0, -0.02, 0.08]

/** By hand, then by finger. */
const PADS: readonly (readonly Place[])[] = PLACES.map(({ tips }) => tips.map((body) => ({ body, at: PAD })))
/** By hand. */
export const PALMS: readonly Place[] = PLACES.map(({ palm }) => ({ body: palm, at: PALM }))

/** x, y or z of a place. */
export function coordinateOf(simulation: Simulation, { body, at }: Place, axis: number): number {
  const turn = simulation.dataArray('xmat')
  const row = 9 * body + 3 * axis
  return (
    simulation.dataArray('xpos')[3 * body + axis]! +
    turn[row]! * at[0] +
    turn[row + 1]! * at[1] +
    turn[row + 2]! * at[2]
  )
}

export function distance(simulation: Simulation, a: Place, b: Place): number {
  let sum = 0
  for (let axis = 0; axis < 3; axis++)
    sum += (coordinateOf(simulation, a, axis) - coordinateOf(simulation, b, axis)) ** 2
  return Math.sqrt(sum)
}

/** Distances of the five finger pads of a hand to a place, summed. */
export function reach(simulation: Simulation, hand: number, place: Place): number {
  let sum = 0
  for (const pad of PADS[hand]!) sum += distance(simulation, pad, place)
  return sum
}

export function writePlace(simulation: Simulation, place: Place, target: Float64Array, offset: number): void {
  for (let axis = 0; axis < 3; axis++) target[offset + axis] = coordinateOf(simulation, place, axis)
}

/** Numbers of a motion. */
export const MOTION = 13

/** Of a body's frame, or of its centre of mass. */
export type VelocityOf = 'frame' | 'centre'

/**
 * Position, quaternion x, y, z, w, velocity and angular velocity of the frame of a body [13]; the last times `turning`.
 * MuJoCo has velocities about the centre of mass of the whole tree.
 */
export function writeMotion(
  simulation: Simulation,
  body: number,
  { turning, velocityOf }: { turning: number; velocityOf: VelocityOf },
  target: Float64Array,
  offset: number,
): void {
  const [xpos, xquat, cvel] = [
    simulation.dataArray('xpos'),
    simulation.dataArray('xquat'),
    simulation.dataArray('cvel'),
  ]
  const point = velocityOf === 'frame' ? xpos : simulation.dataArray('xipos')
  const centre = simulation.dataArray('subtree_com')
  const root = simulation.modelArray('body_rootid')[body]!
  for (let i = 0; i < 3; i++) {
    const [j, k] = [(i + 1) % 3, (i + 2) % 3]
    const spin = (axis: number) => cvel[6 * body + axis]!
    const arm = (axis: number) => point[3 * body + axis]! - centre[3 * root + axis]!
    target[offset + i] = xpos[3 * body + i]!
    target[offset + 3 + i] = xquat[4 * body + 1 + i]!
    target[offset + 7 + i] = cvel[6 * body + 3 + i]! + spin(j) * arm(k) - spin(k) * arm(j)
    target[offset + 10 + i] = turning * spin(i)
  }
  target[offset + 6] = xquat[4 * body]!
}
