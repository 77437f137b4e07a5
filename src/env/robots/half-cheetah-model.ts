// The body of HalfCheetah as MJCF: a planar runner of seven links, 14 kg, in metres, kilograms, seconds, radians.
// The figures are those of the cheetah of P. Wawrzynski (2009) as OpenAI Gym and Gymnasium use it; names are ours.
//
// - All links are capsules that touch the floor only, never one another (conaffinity 0).
// - Capsule masses come from the geometry and are scaled to the total; those of MuJoCo 2.1.0 are given as scaled.
// - The three root joints carry no spring, no damping, no armature and no limits.
// - The arena of 256K is ten times what is used; MuJoCo's own choice would be 6 MB for each environment.
import type { Physics } from '../mujoco/task-options.ts'
import { type Inertial, inertialXml } from './inertial.ts'

const INERTIALS = {
  trunk: {
    mass: 6.360313,
    centre: '0.14914 0 0.02486',
    inertia: '0.0248192 0.894454 0.876364 0 -0.0786398 0',
  },
  back_thigh: {
    mass: 1.535248,
    centre: '0.1 0 -0.13',
    inertia: '0.0101525 0.0152558 0.00672751 0 0.00659708 0',
  },
  back_shin: {
    mass: 1.58094,
    centre: '-0.14 0 -0.07',
    inertia: '0.00460685 0.0166083 0.0136741 0 -0.00593421 0',
  },
  back_foot: {
    mass: 1.069191,
    centre: '0.03 0 -0.097',
    inertia: '0.00513746 0.00544432 0.00143806 0 0.00110876 0',
  },
  front_thigh: {
    mass: 1.425587,
    centre: '-0.07 0 -0.12',
    inertia: '0.00964957 0.0123185 0.00417721 0 -0.00466139 0',
  },
  front_shin: {
    mass: 1.178851,
    centre: '0.065 0 -0.09',
    inertia: '0.00527672 0.0071627 0.0031332 0 0.00275673 0',
  },
  front_foot: {
    mass: 0.8498695,
    centre: '0.045 0 -0.07',
    inertia: '0.00226192 0.00289975 0.00153699 0 0.000932315 0',
  },
} satisfies Record<string, Inertial>

export function halfCheetahXml(physics: Physics): string {
  const old = physics === 'mujoco210'
  const inertial = (link: keyof typeof INERTIALS) => (old ? inertialXml(INERTIALS[link]) : '')
  return `
<mujoco model="half-cheetah">
  <compiler angle="radian" ${old ? '' : 'settotalmass="14"'}/>
  <option timestep="0.01" integrator="Euler"/>
  <size memory="256K"/>
  <default>
    <joint type="hinge" axis="0 1 0" limited="true" armature="0.1" solreflimit="0.02 1" solimplimit="0 0.8 0.03"/>
    <geom friction="0.4 0.1 0.1" solref="0.02 1" solimp="0 0.8 0.01" contype="1" conaffinity="0" condim="3"/>
    <motor ctrllimited="true" ctrlrange="-1 1"/>
    <default class="root">
      <joint limited="false" armature="0" damping="0" stiffness="0"/>
    </default>
    <default class="link">
      <geom type="capsule"/>
    </default>
  </default>
  <worldbody>
    <geom name="ground" type="plane" size="40 40 40" conaffinity="1"/>
    <body name="trunk" pos="0 0 0.7" childclass="link">
      ${inertial('trunk')}
      <joint name="slide_x" class="root" type="slide" axis="1 0 0"/>
      <joint name="slide_z" class="root" type="slide" axis="0 0 1"/>
      <joint name="pitch" class="root"/>
      <geom name="spine" fromto="-0.5 0 0 0.5 0 0" size="0.046"/>
      <geom name="head" pos="0.6 0 0.1" axisangle="0 1 0 0.87" size="0.046 0.15"/>
      <body name="back_thigh" pos="-0.5 0 0">
        ${inertial('back_thigh')}
        <joint name="back_thigh" range="-0.52 1.05" stiffness="240" damping="6"/>
        <geom name="back_thigh" pos="0.1 0 -0.13" axisangle="0 1 0 -3.8" size="0.046 0.145"/>
        <body name="back_shin" pos="0.16 0 -0.25">
          ${inertial('back_shin')}
          <joint name="back_shin" range="-0.785 0.785" stiffness="180" damping="4.5"/>
          <geom name="back_shin" pos="-0.14 0 -0.07" axisangle="0 1 0 -2.03" size="0.046 0.15"/>
          <body name="back_foot" pos="-0.28 0 -0.14">
            ${inertial('back_foot')}
            <joint name="back_foot" range="-0.4 0.785" stiffness="120" damping="3"/>
            <geom name="back_foot" pos="0.03 0 -0.097" axisangle="0 1 0 -0.27" size="0.046 0.094"/>
          </body>
        </body>
      </body>
      <body name="front_thigh" pos="0.5 0 0">
        ${inertial('front_thigh')}
        <joint name="front_thigh" range="-1 0.7" stiffness="180" damping="4.5"/>
        <geom name="front_thigh" pos="-0.07 0 -0.12" axisangle="0 1 0 0.52" size="0.046 0.133"/>
        <body name="front_shin" pos="-0.14 0 -0.24">
          ${inertial('front_shin')}
          <joint name="front_shin" range="-1.2 0.87" stiffness="120" damping="3"/>
          <geom name="front_shin" pos="0.065 0 -0.09" axisangle="0 1 0 -0.6" size="0.046 0.106"/>
          <body name="front_foot" pos="0.13 0 -0.18">
            ${inertial('front_foot')}
            <joint name="front_foot" range="-0.5 0.5" stiffness="60" damping="1.5"/>
            <geom name="front_foot" pos="0.045 0 -0.07" axisangle="0 1 0 -0.6" size="0.046 0.07"/>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor name="back_thigh" joint="back_thigh" gear="120"/>
    <motor name="back_shin" joint="back_shin" gear="90"/>
    <motor name="back_foot" joint="back_foot" gear="60"/>
    <motor name="front_thigh" joint="front_thigh" gear="120"/>
    <motor name="front_shin" joint="front_shin" gear="60"/>
    <motor name="front_foot" joint="front_foot" gear="30"/>
  </actuator>
</mujoco>
`
}
