// The body of HalfCheetah as MJCF: a planar runner of seven links, 14 kg, in metres, kilograms, seconds, radians.
// The figures are those of the cheetah of P. Wawrzynski (2009) as OpenAI Gym and Gymnasium use it; names are ours.
//
// - All links are capsules that touch the floor only, never one another (conaffinity 0).
// - Capsule masses come from the geometry and are scaled to the total.
// - The three root joints carry no spring, no damping, no armature and no limits.
// - The arena of 256K is ten times what is used; MuJoCo's own choice would be 6 MB for each environment.

export const halfCheetahXml = `
<mujoco model="half-cheetah">
  <compiler angle="radian" settotalmass="14"/>
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
      <joint name="slide_x" class="root" type="slide" axis="1 0 0"/>
      <joint name="slide_z" class="root" type="slide" axis="0 0 1"/>
      <joint name="pitch" class="root"/>
      <geom name="spine" fromto="-0.5 0 0 0.5 0 0" size="0.046"/>
      <geom name="head" pos="0.6 0 0.1" axisangle="0 1 0 0.87" size="0.046 0.15"/>
      <body name="back_thigh" pos="-0.5 0 0">
        <joint name="back_thigh" range="-0.52 1.05" stiffness="240" damping="6"/>
        <geom name="back_thigh" pos="0.1 0 -0.13" axisangle="0 1 0 -3.8" size="0.046 0.145"/>
        <body name="back_shin" pos="0.16 0 -0.25">
          <joint name="back_shin" range="-0.785 0.785" stiffness="180" damping="4.5"/>
          <geom name="back_shin" pos="-0.14 0 -0.07" axisangle="0 1 0 -2.03" size="0.046 0.15"/>
          <body name="back_foot" pos="-0.28 0 -0.14">
            <joint name="back_foot" range="-0.4 0.785" stiffness="120" damping="3"/>
            <geom name="back_foot" pos="0.03 0 -0.097" axisangle="0 1 0 -0.27" size="0.046 0.094"/>
          </body>
        </body>
      </body>
      <body name="front_thigh" pos="0.5 0 0">
        <joint name="front_thigh" range="-1 0.7" stiffness="180" damping="4.5"/>
        <geom name="front_thigh" pos="-0.07 0 -0.12" axisangle="0 1 0 0.52" size="0.046 0.133"/>
        <body name="front_shin" pos="-0.14 0 -0.24">
          <joint name="front_shin" range="-1.2 0.87" stiffness="120" damping="3"/>
          <geom name="front_shin" pos="0.065 0 -0.09" axisangle="0 1 0 -0.6" size="0.046 0.106"/>
          <body name="front_foot" pos="0.13 0 -0.18">
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
