// Two hands, right and left, an object and the ground as one model. Gravity is off: the hands have none, and the weight of
// objects is a force on them (drive.ts), which costs less than to hold up 52 bodies.
import { type Point, times, turned } from '../../mujoco/rotations.ts'
import { excludedXml, HAND_DEFAULTS, handXml, servosXml, tendonsXml } from './hand-model.ts'

/** In the order of the model and of the agents. */
export const HANDS = ['right', 'left'] as const
export type Hand = (typeof HANDS)[number]

export interface Placed {
  readonly at: Point
  /** Turns about the fixed axes x, y, z. */
  readonly euler: Point
}

export interface SceneParts {
  readonly hands: Readonly<Record<Hand, Placed>>
  /** Bodies of the object: they come behind those of the hands. */
  readonly object: string
  /** Sliding, of what the object is made of; hands have 1. */
  readonly friction: number
  /** What stands on the ground, as bodies behind the object's. */
  readonly furniture: string
  /** Pairs of bodies that do not collide. */
  readonly excluded?: readonly (readonly [string, string])[]
}

export const TIMESTEP = 1 / 240
export const FRAME_SKIP = 4

/** The root of the hand's own model is turned: about x, then about its own z. */
const ROOT = times(turned(Math.PI / 2, 0, 0), turned(0, 0, Math.PI))

const poseOf = ({ at, euler }: Placed) => ({ at, quaternion: times(turned(...euler), ROOT) })

/** Of whoever touches the object: the mean of both, as PhysX has it unless told otherwise, or the larger one, as MuJoCo has it. */
export type FrictionRule = 'mean' | 'largest'

const HAND_FRICTION = 1
const together = (friction: number, rule: FrictionRule): number =>
  rule === 'mean' ? (friction + HAND_FRICTION) / 2 : Math.max(friction, HAND_FRICTION)

export const sceneXml = (
  { hands, object, friction, furniture, excluded = [] }: SceneParts,
  rule: FrictionRule = 'mean',
): string => `
<mujoco model="hands">
  <compiler angle="radian" autolimits="true"/>
  <option timestep="${TIMESTEP}" integrator="implicitfast" cone="elliptic" gravity="0 0 0"/>
  <size memory="2M"/>
  <default>
    <geom solref="0.0085 1" solimp="0.95 0.99 0.001"/>
    <default class="object"><geom priority="1" friction="${together(friction, rule)} 0.005 0.0001"/></default>${HAND_DEFAULTS}
  </default>
  <worldbody>
    <geom name="ground" type="plane" size="3 3 1"/>
    ${HANDS.map((hand) => handXml(hand, poseOf(hands[hand]))).join('\n')}
    ${object}
    ${furniture}
  </worldbody>
  <contact>
    ${HANDS.map(excludedXml).join('\n')}
    ${excluded.map(([a, b]) => `<exclude body1="${a}" body2="${b}"/>`).join('\n')}
  </contact>
  <tendon>${HANDS.map(tendonsXml).join('\n')}</tendon>
  <actuator>${HANDS.map(servosXml).join('\n')}</actuator>
</mujoco>
`

/** A box on legs of nothing: `size` whole, `at` the middle of its underside. */
export const tableXml = ([x, y, z]: Point, [px, py, pz]: Point): string =>
  `<body name="table" pos="${px} ${py} ${pz + z / 2}"><geom type="box" group="1" size="${x / 2} ${y / 2} ${z / 2}"/></body>`

export const quaternionText = (euler: Point): string => turned(...euler).join(' ')
