// HalfCheetah: run forward, x, as fast as possible. Gym's HalfCheetah-v2 under multiagent_mujoco.
//
// | agents of HalfCheetah-2x3 | action [3], normalised torque in [-1, 1] (1 is the gear in N m)       |
// |---------------------------|----------------------------------------------------------------------|
// | agent_0                   | back_thigh (120 N m), back_shin (90 N m), back_foot (60 N m)          |
// | agent_1                   | front_thigh (120 N m), front_shin (60 N m), front_foot (30 N m)       |
//
// | state  | meaning                                        | unit  | stop of the joint |
// |--------|------------------------------------------------|-------|-------------------|
// | 0      | height of the trunk, 0 is 0.7 m above ground   | m     |                   |
// | 1      | pitch of the trunk, positive is nose down      | rad   |                   |
// | 2      | angle of back_thigh                            | rad   | -0.52 .. 1.05     |
// | 3      | angle of back_shin                             | rad   | -0.785 .. 0.785   |
// | 4      | angle of back_foot                             | rad   | -0.4 .. 0.785     |
// | 5      | angle of front_thigh                           | rad   | -1 .. 0.7         |
// | 6      | angle of front_shin                            | rad   | -1.2 .. 0.87      |
// | 7      | angle of front_foot                            | rad   | -0.5 .. 0.5       |
// | 8      | forward velocity                               | m/s   |                   |
// | 9      | vertical velocity                              | m/s   |                   |
// | 10     | pitch velocity                                 | rad/s |                   |
// | 11..16 | velocities of the joints 2..7                  | rad/s |                   |
//
// | observation of agent i | the state and the one-hot id [S + N], standardised over the vector, unit 1 |
// | reward                 | forward velocity over the step, minus 0.1 * sum of squared actions (raw)   |
// | start                  | all zero, plus U(-0.1, 0.1) on positions and 0.1 * N(0, 1) on velocities   |
// | end                    | never terminated; truncated after 1000 steps of 0.05 s                     |

import type { Simulation } from '../mujoco/simulation.ts'
import { halfCheetahXml } from './half-cheetah-model.ts'
import type { Robot } from './robot.ts'
import { sumOfSquares } from './sum-of-squares.ts'

const JOINTS = ['back_thigh', 'back_shin', 'back_foot', 'front_thigh', 'front_shin', 'front_foot'] as const
const LABELS = ['bthigh', 'bshin', 'bfoot', 'fthigh', 'fshin', 'ffoot'] as const
const ROOT = 3 // coordinates before the first joint: distance, height, pitch
const CONTROL_COST = 0.1
const POSITION_NOISE = 0.1
const VELOCITY_NOISE = 0.1

const qpos = [
  { name: 'distance', unit: 'm' },
  { name: 'height', unit: 'm' },
  { name: 'pitch', unit: 'rad' },
  ...JOINTS.map((joint) => ({ name: `${joint}_angle`, unit: 'rad' })),
]
const qvel = [
  { name: 'forward_velocity', unit: 'm/s' },
  { name: 'vertical_velocity', unit: 'm/s' },
  { name: 'pitch_velocity', unit: 'rad/s' },
  ...JOINTS.map((joint) => ({ name: `${joint}_velocity`, unit: 'rad/s' })),
]
// The distance run is left out: the dynamics do not depend on it.
const state = [...qpos.slice(1), ...qvel]

export const halfCheetah: Robot = {
  name: 'HalfCheetah',
  xml: () => halfCheetahXml,
  actuators: JOINTS,
  joints: JOINTS.map((actuator, i) => ({
    actuator,
    label: LABELS[i]!,
    qpos: ROOT + i,
    qvel: ROOT + i,
    bodies: [],
  })),
  edges: [
    ['bfoot', 'bshin'],
    ['bshin', 'bthigh'],
    ['bthigh', 'fthigh'],
    ['fthigh', 'fshin'],
    ['fshin', 'ffoot'],
  ],
  root: { qpos: [1, 2], qvel: [0, 1, 2] },
  partitions: {},
  stateNames: state.map(({ name }) => name),
  stateUnits: state.map(({ unit }) => unit),
  coordinates: { qpos, qvel },
  frameSkip: 5,
  timestepSeconds: 0.01,
  episodeLimit: 1000,
  rewardText:
    'forward velocity in m/s over the step, minus 0.1 times the sum of all squared actions; shared by all agents',
  addResetNoise({ qpos, qvel }, rng) {
    for (let i = 0; i < qpos.length; i++) qpos[i]! += POSITION_NOISE * (2 * rng.uniform() - 1)
    for (let i = 0; i < qvel.length; i++) qvel[i]! += VELOCITY_NOISE * rng.normal()
  },
  writeState({ qpos, qvel }: Simulation, state, offset) {
    for (let i = 1; i < qpos.length; i++) state[offset + i - 1] = qpos[i]!
    state.set(qvel, offset + qpos.length - 1)
  },
  position: ({ qpos }) => qpos[0]!,
  reward: (velocity, action) => velocity - CONTROL_COST * sumOfSquares(action),
  terminated: () => false,
  view: { kind: 'side', widthMetres: 4 },
  pose: (state, [x]) => ({
    qpos: [x, ...Array.from(state).slice(0, qpos.length - 1)],
    qvel: Array.from(state).slice(qpos.length - 1),
  }),
}
