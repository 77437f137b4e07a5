// The body of Walker2d as MJCF: a planar biped of seven links, in metres, kilograms, seconds, degrees.
// The figures are those of the walker that OpenAI Gym took from RLLab; names are ours.
//
// - All links are capsules that touch the floor only, never one another (conaffinity 0).
// - The feet differ in friction: 0.9 right, 1.9 left. So do they in the original.
// - The long literals are what an old conversion from global to local coordinates left behind; with them, trajectories
//   equal the original's to the last bit.
// - The height starts at 1.25 and is absolute (ref); the root joints carry no damping, no armature and no limits.
// - The arena of 256K is ten times what is used; MuJoCo's own choice would be 14 MB for each environment.
import type { Physics } from '../mujoco/task-options.ts'
import { type Inertial, inertialXml } from './inertial.ts'

const INERTIALS = {
  trunk: { mass: 3.534292, centre: '0 0 0', inertia: '0.0618501 0.0618501 0.00441786 0 0 0' },
  thigh: { mass: 3.926991, centre: '0 0 -0.225', inertia: '0.0842667 0.0842667 0.00490874 0 0 0' },
  shin: { mass: 2.714336, centre: '0 0 0', inertia: '0.0670441 0.0670441 0.00217147 0 0 0' },
  foot: { mass: 2.940531, centre: '-0.1 0 0.1', inertia: '0.00529296 0.0192115 0.0192115 0 0 0' },
} satisfies Record<string, Inertial>

export function walker2dXml(physics: Physics): string {
  const inertial = (link: keyof typeof INERTIALS) =>
    physics === 'mujoco210' ? inertialXml(INERTIALS[link]) : ''
  return `
<mujoco model="walker2d">
  <option timestep="0.002" integrator="RK4"/>
  <size memory="256K"/>
  <default>
    <joint type="hinge" axis="0 -1 0" limited="true" armature="0.01" damping="0.1"/>
    <geom type="capsule" friction="0.9 0.1 0.1" contype="1" conaffinity="0" condim="3"/>
    <motor ctrllimited="true" ctrlrange="-1 1" gear="100"/>
    <default class="root">
      <joint limited="false" armature="0" damping="0" stiffness="0"/>
    </default>
  </default>
  <worldbody>
    <geom name="ground" type="plane" size="40 40 40" friction="0.7 0.1 0.1" conaffinity="1"/>
    <body name="trunk" pos="0 0 1.25">
      ${inertial('trunk')}
      <joint name="slide_x" class="root" type="slide" axis="1 0 0" pos="0 0 -1.25"/>
      <joint name="slide_z" class="root" type="slide" axis="0 0 1" pos="0 0 -1.25" ref="1.25"/>
      <joint name="pitch" class="root" axis="0 1 0"/>
      <geom name="trunk" size="0.05 0.19999999999999996"/>
      ${leg('right', 0.9, inertial)}
      ${leg('left', 1.9, inertial)}
    </body>
  </worldbody>
  <actuator>
    ${['right', 'left'].map(motors).join('\n    ')}
  </actuator>
</mujoco>
`
}

const leg = (side: string, footFriction: number, inertial: (link: 'thigh' | 'shin' | 'foot') => string) => `
      <body name="${side}_thigh" pos="0 0 -0.19999999999999996">
        ${inertial('thigh')}
        <joint name="${side}_thigh" range="-150 0"/>
        <geom name="${side}_thigh" pos="0 0 -0.22500000000000009" size="0.05 0.22500000000000003"/>
        <body name="${side}_shin" pos="0 0 -0.70000000000000007">
          ${inertial('shin')}
          <joint name="${side}_shin" pos="0 0 0.25" range="-150 0"/>
          <geom name="${side}_shin" size="0.04 0.25"/>
          <body name="${side}_foot" pos="0.2 0 -0.34999999999999998">
            ${inertial('foot')}
            <joint name="${side}_foot" pos="-0.2 0 0.1" range="-45 45"/>
            <geom name="${side}_foot" pos="-0.1 0 0.1" quat="0.70710678118654757 0 -0.70710678118654746 0"
              size="0.06 0.1" friction="${footFriction} 0.1 0.1"/>
          </body>
        </body>
      </body>`

const motors = (side: string) =>
  ['thigh', 'shin', 'foot']
    .map((link) => `<motor name="${side}_${link}" joint="${side}_${link}"/>`)
    .join('\n    ')
