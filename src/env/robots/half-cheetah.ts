// HalfCheetah: run forward, x, as fast as possible. Gym's HalfCheetah-v2 under multiagent_mujoco.
//
// | agents of HalfCheetah-2x3 | action [3], normalised torque in [-1, 1] (1 is the gear in N m)       |
// |---------------------------|----------------------------------------------------------------------|
// | agent_0                   | back_thigh (120 N m), back_shin (90 N m), back_foot (60 N m)          |
// | agent_1                   | front_thigh (120 N m), front_shin (60 N m), front_foot (30 N m)       |
//
// | agents of HalfCheetah-3x2 | action [2], the same                                                  |
// |---------------------------|----------------------------------------------------------------------|
// | agent_0                   | back_thigh, back_shin                                                 |
// | agent_1                   | back_foot, front_thigh                                                |
// | agent_2                   | front_shin, front_foot                                                |
//
// The agents of HalfCheetah-6x1 have one joint each, in the same order.
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

import type { JointedBody } from './body.ts'
import { halfCheetahXml } from './half-cheetah-model.ts'
import { planar } from './planar.ts'
import { addNormal, addUniform } from './reset-noise.ts'
import type { Robot } from './robot.ts'
import { running } from './running.ts'
import { sumOfSquares } from './sum-of-squares.ts'

const CONTROL_COST = 0.1
const POSITION_NOISE = 0.1
const VELOCITY_NOISE = 0.1

const joints = [
  { name: 'back_thigh', label: 'bthigh' },
  { name: 'back_shin', label: 'bshin' },
  { name: 'back_foot', label: 'bfoot' },
  { name: 'front_thigh', label: 'fthigh' },
  { name: 'front_shin', label: 'fshin' },
  { name: 'front_foot', label: 'ffoot' },
]

const parts = planar(joints, Number.POSITIVE_INFINITY)

const body: JointedBody = {
  ...parts.body,
  name: 'HalfCheetah',
  xml: halfCheetahXml,
  edges: [
    ['bfoot', 'bshin'],
    ['bshin', 'bthigh'],
    ['bthigh', 'fthigh'],
    ['fthigh', 'fshin'],
    ['fshin', 'ffoot'],
  ],
  partitions: {
    '2x3': [
      ['back_thigh', 'back_shin', 'back_foot'],
      ['front_thigh', 'front_shin', 'front_foot'],
    ],
    '6x1': joints.map(({ name }) => [name]),
    // Gymnasium-Robotics has no 3x2: these are the tuples of multiagent_mujoco.
    '3x2': [
      ['back_foot', 'back_shin'],
      ['back_thigh', 'front_foot'],
      ['front_shin', 'front_thigh'],
    ],
  },
  frameSkip: 5,
  timestepSeconds: 0.01,
}

const goal = running(body, {
  ...parts.goal,
  episodeLimit: 1000,
  rewardText:
    'forward velocity in m/s over the step, minus 0.1 times the sum of all squared actions; shared by all agents',
  addResetNoise({ qpos, qvel }, rng) {
    addUniform(qpos, POSITION_NOISE, rng)
    addNormal(qvel, VELOCITY_NOISE, rng)
  },
  reward: (velocity, action) => velocity - CONTROL_COST * sumOfSquares(action),
  terminated: () => false,
})

export const halfCheetah: Robot<JointedBody> = { body, goal }
