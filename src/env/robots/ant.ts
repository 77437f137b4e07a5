// Ant: run forward, x, as fast as possible without falling. Gym's Ant-v2 under multiagent_mujoco.
//
// | agents of Ant-2x4 | action [4], normalised torque in [-1, 1] (1 is 150 N m)                  |
// |-------------------|--------------------------------------------------------------------------|
// | agent_0           | front_right_hip, front_right_ankle, front_left_hip, front_left_ankle     |
// | agent_1           | back_left_hip, back_left_ankle, back_right_hip, back_right_ankle         |
//
// | agents of Ant-4x2 | action [2], the same                                                     |
// |-------------------|--------------------------------------------------------------------------|
// | agent_0           | front_right_hip, front_right_ankle                                       |
// | agent_1           | front_left_hip, front_left_ankle                                         |
// | agent_2           | back_left_hip, back_left_ankle                                           |
// | agent_3           | back_right_hip, back_right_ankle                                         |
//
// | state   | meaning                                              | unit  | range                         |
// |---------|------------------------------------------------------|-------|-------------------------------|
// | 0       | height of the trunk's centre, 0.75 at rest           | m     | alive in 0.2 .. 1, with ends  |
// | 1..4    | orientation of the trunk: w, x, y, z of a quaternion | 1     | of length 1                   |
// | 5       | angle of front_left_hip                              | rad   | stops at -0.524 and 0.524     |
// | 6       | angle of front_left_ankle                            | rad   | stops at 0.524 and 1.222      |
// | 7       | angle of back_left_hip                               | rad   | stops at -0.524 and 0.524     |
// | 8       | angle of back_left_ankle                             | rad   | stops at -1.222 and -0.524    |
// | 9       | angle of back_right_hip                              | rad   | stops at -0.524 and 0.524     |
// | 10      | angle of back_right_ankle                            | rad   | stops at -1.222 and -0.524    |
// | 11      | angle of front_right_hip                             | rad   | stops at -0.524 and 0.524     |
// | 12      | angle of front_right_ankle                           | rad   | stops at 0.524 and 1.222      |
// | 13..15  | velocity of the trunk along x, y, z of the world     | m/s   |                               |
// | 16..18  | angular velocity of the trunk, about its own x, y, z | rad/s |                               |
// | 19..26  | velocities of the joints 5..12                       | rad/s |                               |
// | 27..110 | contact forces on the 14 bodies, of each: torque     | N m,  | clipped to -1 .. 1; all zero  |
// |         | x, y, z, force x, y, z                               | N     | unless contacts=real          |
//
// Bodies: ground, trunk, then stub, upper, lower of the legs front_left, back_left, back_right, front_right.
//
// | observation of agent i | the state and the one-hot id [S + N], standardised over the vector, unit 1           |
// | reward                 | forward velocity over the step, minus 0.5 * sum of squared actions (raw), minus      |
// |                        | 0.0005 * sum of squared contact forces (of the state), plus 1                        |
// | start                  | rest at height 0.75, plus U(-0.1, 0.1) on positions, the quaternion too (it is made  |
// |                        | a unit quaternion then), and 0.1 * N(0, 1) on velocities                             |
// | end                    | terminated unless 0.2 <= height <= 1, that step still has its +1;                    |
// |                        | truncated after 1000 steps of 0.05 s                                                 |

import type { Simulation } from '../mujoco/simulation.ts'
import { antXml } from './ant-model.ts'
import type { JointedBody } from './body.ts'
import { clamp } from './clamp.ts'
import { addNormal, addUniform } from './reset-noise.ts'
import type { Robot } from './robot.ts'
import { running } from './running.ts'
import { sumOfSquares } from './sum-of-squares.ts'

const CONTROL_COST = 0.5
const CONTACT_COST = 0.5e-3
const ALIVE_BONUS = 1
const MIN_HEIGHT = 0.2
const MAX_HEIGHT = 1
const POSITION_NOISE = 0.1
const VELOCITY_NOISE = 0.1
const CONTACT_LIMIT = 1
const TRUNK = 1 // body

/** In the order of the bodies and joints: legs 1 to 4 of the original. */
const LEGS = ['front_left', 'back_left', 'back_right', 'front_right']
const JOINTS = LEGS.flatMap((leg) => [`${leg}_hip`, `${leg}_ankle`])
const BODIES = ['ground', 'trunk', ...LEGS.flatMap((leg) => [`${leg}_stub`, `${leg}_upper`, `${leg}_lower`])]
const AXES = ['x', 'y', 'z']

const named = (unit: string, names: string[]) => names.map((name) => ({ name, unit }))
const qpos = [
  ...named('m', ['x', 'y', 'height']),
  ...named('1', ['orientation_w', 'orientation_x', 'orientation_y', 'orientation_z']),
  ...JOINTS.map((joint) => ({ name: `${joint}_angle`, unit: 'rad' })),
]
const qvel = [
  ...AXES.map((axis) => ({ name: `velocity_${axis}`, unit: 'm/s' })),
  ...AXES.map((axis) => ({ name: `angular_velocity_${axis}`, unit: 'rad/s' })),
  ...JOINTS.map((joint) => ({ name: `${joint}_velocity`, unit: 'rad/s' })),
]
const contacts = BODIES.flatMap((body) => [
  ...AXES.map((axis) => ({ name: `${body}_contact_torque_${axis}`, unit: 'N m' })),
  ...AXES.map((axis) => ({ name: `${body}_contact_force_${axis}`, unit: 'N' })),
])
// Where it stands on the plane is left out: the dynamics do not depend on it.
const state = [...qpos.slice(2), ...qvel, ...contacts]
const POSITIONS = qpos.length - 2

const body: JointedBody = {
  name: 'Ant',
  xml: (physics) => antXml({ inertia: physics, floorMargin: physics === 'mujoco210' ? 0 : 0.01 }),
  actuators: [3, 0, 1, 2].flatMap((leg) => JOINTS.slice(2 * leg, 2 * leg + 2)),
  joints: LEGS.flatMap((leg, i) => {
    const [stub, upper, lower] = [0, 1, 2].map((part) => TRUNK + 1 + 3 * i + part) as [number, number, number]
    return [
      {
        actuator: `${leg}_hip`,
        label: `hip${i + 1}`,
        qpos: 7 + 2 * i,
        qvel: 6 + 2 * i,
        bodies: [TRUNK, stub],
      },
      {
        actuator: `${leg}_ankle`,
        label: `ankle${i + 1}`,
        qpos: 8 + 2 * i,
        qvel: 7 + 2 * i,
        bodies: [stub, upper, lower],
      },
    ]
  }),
  edges: [...[1, 2, 3, 4].map((leg) => [`ankle${leg}`, `hip${leg}`]), ['hip1', 'hip2', 'hip3', 'hip4']],
  root: { qpos: [2, 3, 4, 5, 6], qvel: [0, 1, 2, 3, 4, 5] },
  partitions: {
    '2x4': [JOINTS.slice(0, 4), JOINTS.slice(4)],
    '4x2': [0, 2, 4, 6].map((first) => JOINTS.slice(first, first + 2)),
  },
  coordinates: { qpos, qvel, contacts },
  frameSkip: 5,
  timestepSeconds: 0.01,
  counts: { bodies: BODIES.length, controls: 2 * LEGS.length },
  view: { kind: 'oblique', widthMetres: 4 },
}

const goal = running(body, {
  stateNames: state.map(({ name }) => name),
  stateUnits: state.map(({ unit }) => unit),
  episodeLimit: 1000,
  rewardText:
    'forward velocity in m/s over the step, minus 0.5 times the sum of all squared actions, minus 0.0005 times the ' +
    'sum of squared contact forces (clipped to [-1, 1]), plus 1; shared by all agents',
  addResetNoise(simulation, rng) {
    addUniform(simulation.qpos, POSITION_NOISE, rng)
    addNormal(simulation.qvel, VELOCITY_NOISE, rng)
    simulation.normaliseQuaternions()
  },
  writeState(simulation, state, offset) {
    const { qpos, qvel } = simulation
    const forces = contactForces(simulation)
    for (let i = 0; i < POSITIONS; i++) state[offset + i] = qpos[i + 2]!
    state.set(qvel, offset + POSITIONS)
    const rest = offset + POSITIONS + qvel.length
    for (let i = 0; i < forces.length; i++) state[rest + i] = clamp(forces[i]!, CONTACT_LIMIT)
  },
  // The trunk's place as the last stage of the integrator saw it, 5e-5 m off qpos: that is what the original rewards.
  position: (simulation) => simulation.dataArray('xpos')[3 * TRUNK]!,
  reward: (velocity, action, simulation) =>
    velocity - CONTROL_COST * sumOfSquares(action) - contactCost(simulation) + ALIVE_BONUS,
  terminated: ({ qpos }) => !(qpos[2]! >= MIN_HEIGHT && qpos[2]! <= MAX_HEIGHT),
  pose: (state, [x, y]) => ({
    qpos: [x, y, ...Array.from(state).slice(0, POSITIONS)],
    qvel: Array.from(state).slice(POSITIONS, POSITIONS + qvel.length),
  }),
})

export const ant: Robot<JointedBody> = { body, goal }

/** [14 * 6]; zeros unless the world computes them after each step. */
const contactForces = (simulation: Simulation) => simulation.dataArray('cfrc_ext')

function contactCost(simulation: Simulation): number {
  const forces = contactForces(simulation)
  let sum = 0
  for (let i = 0; i < forces.length; i++) sum += clamp(forces[i]!, CONTACT_LIMIT) ** 2
  return CONTACT_COST * sum
}
