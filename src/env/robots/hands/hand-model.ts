// A hand as MJCF, made of primitives from its figures. Both hands are the same right hand.
import { aboutAxis, type Point, type Quaternion } from '../../mujoco/rotations.ts'
import { HINGES, type Hinge, LINKS, type Link, NEIGHBOURS, type Solid } from './figures.ts'

export interface HandPose {
  readonly at: Point
  readonly quaternion: Quaternion
}

/** What the tendon of a finger holds together: 7.05 mm of J0 against 8.05 mm of J1, with a play of 1 mm. */
const TENDON = { follower: 0.00705, leader: -0.00805, play: 0.001 }
const WRIST = 2 // the first two hinges
const COUPLED = ['FF', 'MF', 'RF', 'LF']

/** The body with all that hangs on it; `mount` is free. */
export function handXml(hand: string, { at, quaternion }: HandPose): string {
  const nested = (link: Link): string => {
    const free = link.parent === undefined
    const place = free
      ? `pos="${at.join(' ')}" quat="${quaternion.join(' ')}"`
      : `pos="${link.at.join(' ')}"${link.turn ? ` quat="${aboutAxis([0, 1, 0], link.turn).join(' ')}"` : ''}`
    return `<body name="${hand}_${link.name}" ${place}>
  ${free ? `<freejoint name="${hand}"/>` : ''}
  <inertial mass="${link.mass}" pos="${link.centre.join(' ')}" diaginertia="${link.inertia.join(' ')}"/>
  ${link.hinge ? hingeXml(hand, link.hinge) : ''}
  ${link.solids.map((solid) => solidXml(solid, link.name)).join('\n  ')}
  ${LINKS.filter(({ parent }) => parent === link.name)
    .map(nested)
    .join('\n  ')}
</body>`
  }
  return nested(LINKS[0]!)
}

function hingeXml(hand: string, { name, axis, range }: Hinge): string {
  const wrist = HINGES.findIndex((hinge) => hinge.name === name) < WRIST
  return `<joint name="${hand}_${name}" class="${wrist ? 'wrist' : 'finger'}" axis="${axis.join(' ')}" range="${range.join(' ')}"/>`
}

function solidXml(solid: Solid, link: string): string {
  const grip = link.endsWith('distal') ? ' condim="4"' : ''
  const place = `pos="${solid.at.join(' ')}"`
  if (solid.kind === 'box')
    return `<geom class="hand" type="box" size="${solid.half.join(' ')}" ${place}${grip}/>`
  const lying = solid.across ? ' quat="0.70710678 0.70710678 0 0"' : ''
  return `<geom class="hand" type="capsule" size="${solid.radius} ${solid.half}" ${place}${lying}${grip}/>`
}

export const servosXml = (hand: string): string =>
  HINGES.flatMap(({ name, range, servo }) =>
    servo
      ? `<position name="${hand}_${name}" joint="${hand}_${name}" kp="${servo.gain}" ctrlrange="${range.join(' ')}" forcerange="${-servo.limit} ${servo.limit}"/>`
      : [],
  ).join('\n')

export const tendonsXml = (hand: string): string =>
  COUPLED.map(
    (finger) => `<fixed name="${hand}_${finger}" class="coupling" range="${-TENDON.play} ${TENDON.play}">
  <joint joint="${hand}_${finger}J0" coef="${TENDON.follower}"/>
  <joint joint="${hand}_${finger}J1" coef="${TENDON.leader}"/>
</fixed>`,
  ).join('\n')

export const excludedXml = (hand: string): string =>
  NEIGHBOURS.map(([a, b]) => `<exclude body1="${hand}_${a}" body2="${hand}_${b}"/>`).join('\n')

/** What the classes of hands mean. */
export const HAND_DEFAULTS = `
    <default class="hand"><geom friction="1 0.005 0.0001" condim="3" mass="0"/></default>
    <default class="wrist"><joint type="hinge" damping="0.5" armature="0.005"/></default>
    <default class="finger"><joint type="hinge" damping="0.1" armature="0.001" frictionloss="0.001"/></default>
    <default class="coupling"><tendon solreflimit="0.01 1"/></default>`
