// The body of Ant as MJCF: a ball on four legs in space, in metres, kilograms, seconds, degrees.
// The figures are those of the ant of J. Schulman et al. (2015) as OpenAI Gym uses it; names are ours.
//
// - Trunk and legs touch the floor only, never one another (conaffinity 0).
// - A leg is three capsules from joint to joint: a stub welded to the trunk, an upper part that swings about z at the
//   hip, and a lower part that swings at the ankle. `x` and `y` say to which side it points; x is forward, y is left.
// - The rest pose has the ankles straight, outside their range.
// - MuJoCo adds up the margins of two touching geoms since 3.5.0 and took the larger one before.
// - The arena of 256K is ten times what is used; MuJoCo's own choice would be 15 MB for each environment.
import type { Physics } from '../mujoco/task-options.ts'
import { inertialXml } from './inertial.ts'

export interface AntModel {
  inertia: Physics
  /** Contact margin of the floor in metres; the body's is 0.01. */
  floorMargin: number
}

interface Leg {
  name: string
  x: 1 | -1
  y: 1 | -1
  ankleAxis: string
  ankleRange: string
}

/** In the order of the bodies. Leg 2 of the original is called front right there, leg 3 back, leg 4 right back. */
const LEGS: readonly Leg[] = [
  { name: 'front_left', x: 1, y: 1, ankleAxis: '-1 1 0', ankleRange: '30 70' },
  { name: 'back_left', x: -1, y: 1, ankleAxis: '1 1 0', ankleRange: '-70 -30' },
  { name: 'back_right', x: -1, y: -1, ankleAxis: '-1 1 0', ankleRange: '-70 -30' },
  { name: 'front_right', x: 1, y: -1, ankleAxis: '1 1 0', ankleRange: '30 70' },
]

/** In the order of the controls, which is not that of the bodies. */
const MOTORS = ['front_right', 'front_left', 'back_left', 'back_right']

export const antXml = ({ inertia, floorMargin }: AntModel): string => `
<mujoco model="ant">
  <option timestep="0.01" integrator="RK4"/>
  <size memory="256K"/>
  <default>
    <joint type="hinge" limited="true" armature="1" damping="1"/>
    <geom type="capsule" size="0.08" density="5" friction="1 0.5 0.5" margin="0.01" contype="1" conaffinity="0"
      condim="3"/>
    <motor ctrllimited="true" ctrlrange="-1 1" gear="150"/>
  </default>
  <worldbody>
    <geom name="ground" type="plane" size="40 40 40" margin="${floorMargin}" conaffinity="1"/>
    <body name="trunk" pos="0 0 0.75">
      <joint name="root" type="free" limited="false" armature="0" damping="0" margin="0.01"/>
      <geom name="trunk" type="sphere" size="0.25"/>
      ${LEGS.map((leg) => legXml(leg, inertia)).join('')}
    </body>
  </worldbody>
  <actuator>
    ${MOTORS.flatMap((leg) => [motorXml(`${leg}_hip`), motorXml(`${leg}_ankle`)]).join('\n    ')}
  </actuator>
</mujoco>
`

function legXml({ name, x, y, ankleAxis, ankleRange }: Leg, physics: Physics): string {
  const end = `${0.2 * x} ${0.2 * y} 0`
  const [short, long] = physics === 'mujoco210' ? legInertials(x, y) : ['', '']
  return `
      <body name="${name}_stub">
        ${short}
        <geom name="${name}_stub" fromto="0 0 0 ${end}"/>
        <body name="${name}_upper" pos="${end}">
          ${short}
          <joint name="${name}_hip" axis="0 0 1" range="-30 30"/>
          <geom name="${name}_upper" fromto="0 0 0 ${end}"/>
          <body name="${name}_lower" pos="${end}">
            ${long}
            <joint name="${name}_ankle" axis="${ankleAxis}" range="${ankleRange}"/>
            <geom name="${name}_lower" fromto="0 0 0 ${0.4 * x} ${0.4 * y} 0"/>
          </body>
        </body>
      </body>`
}

/** Inertia of stub and upper part together, and of the lower part. */
const legInertials = (x: number, y: number): [string, string] => [
  inertialXml({
    mass: 0.03647693,
    centre: `${0.1 * x} ${0.1 * y} 0`,
    inertia: `0.000287643 0.000287643 0.00045856 ${-0.000170917 * x * y} 0 0`,
  }),
  inertialXml({
    mass: 0.06491138,
    centre: `${0.2 * x} ${0.2 * y} 0`,
    inertia: `0.00128338 0.00128338 0.00235904 ${-0.00107566 * x * y} 0 0`,
  }),
]

const motorXml = (joint: string) => `<motor name="${joint}" joint="${joint}"/>`
