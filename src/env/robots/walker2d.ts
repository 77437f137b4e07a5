// Walker2d: walk forward, x, as fast as possible without falling. Gym's Walker2d-v2 under multiagent_mujoco.
//
// | agents of Walker2d-2x3 | action [3], normalised torque in [-1, 1] (1 is 100 N m) |
// |------------------------|---------------------------------------------------------|
// | agent_0                | right_thigh, right_shin, right_foot                     |
// | agent_1                | left_thigh, left_shin, left_foot                        |
//
// | agents of Walker2d-3x2 | action [2], the same                                    |
// |------------------------|---------------------------------------------------------|
// | agent_0                | right_thigh, right_shin                                 |
// | agent_1                | right_foot, left_thigh                                  |
// | agent_2                | left_shin, left_foot                                    |
//
// | state  | meaning                                        | unit  | range                             |
// |--------|------------------------------------------------|-------|-----------------------------------|
// | 0      | height of the trunk above ground, 1.25 at rest | m     | alive in 0.8 .. 2, ends excluded  |
// | 1      | pitch of the trunk, positive is leaning forward| rad   | alive in -1 .. 1, ends excluded   |
// | 2      | angle of right_thigh                           | rad   | stops at -2.618 and 0             |
// | 3      | angle of right_shin                            | rad   | stops at -2.618 and 0             |
// | 4      | angle of right_foot                            | rad   | stops at -0.785 and 0.785         |
// | 5..7   | angles of left_thigh, left_shin, left_foot     | rad   | as 2..4                           |
// | 8      | forward velocity                               | m/s   | clipped to -10 .. 10              |
// | 9      | vertical velocity                              | m/s   | clipped to -10 .. 10              |
// | 10     | pitch velocity                                 | rad/s | clipped to -10 .. 10              |
// | 11..16 | velocities of the joints 2..7                  | rad/s | clipped to -10 .. 10              |
//
// | observation of agent i | the state and the one-hot id [S + N], standardised over the vector, unit 1          |
// | reward                 | forward velocity over the step, minus 0.001 * sum of squared actions (raw), plus 1  |
// | start                  | rest at height 1.25, plus U(-0.005, 0.005) on positions and on velocities           |
// | end                    | terminated unless 0.8 < height < 2 and -1 < pitch < 1, that step still has its +1;  |
// |                        | truncated after 1000 steps of 0.008 s                                               |

import type { JointedBody } from './body.ts'
import { planar } from './planar.ts'
import { addUniform } from './reset-noise.ts'
import type { Robot } from './robot.ts'
import { running } from './running.ts'
import { sumOfSquares } from './sum-of-squares.ts'
import { walker2dXml } from './walker2d-model.ts'

const CONTROL_COST = 0.001
const ALIVE_BONUS = 1
const MIN_HEIGHT = 0.8
const MAX_HEIGHT = 2
const MAX_PITCH = 1
const NOISE = 0.005
const VELOCITY_LIMIT = 10

const joints = [
  { name: 'right_thigh', label: 'thigh_joint' },
  { name: 'right_shin', label: 'leg_joint' },
  { name: 'right_foot', label: 'foot_joint' },
  { name: 'left_thigh', label: 'thigh_left_joint' },
  { name: 'left_shin', label: 'leg_left_joint' },
  { name: 'left_foot', label: 'foot_left_joint' },
]

const parts = planar(joints, VELOCITY_LIMIT)

const body: JointedBody = {
  ...parts.body,
  name: 'Walker2d',
  xml: walker2dXml,
  edges: [
    ['foot_joint', 'leg_joint'],
    ['leg_joint', 'thigh_joint'],
    ['thigh_joint', 'thigh_left_joint'],
    ['thigh_left_joint', 'leg_left_joint'],
    ['leg_left_joint', 'foot_left_joint'],
  ],
  partitions: {
    '2x3': [
      ['right_foot', 'right_shin', 'right_thigh'],
      ['left_foot', 'left_shin', 'left_thigh'],
    ],
    // Gymnasium-Robotics has no 3x2: these are the tuples of multiagent_mujoco.
    '3x2': [
      ['right_foot', 'right_shin'],
      ['right_thigh', 'left_foot'],
      ['left_shin', 'left_thigh'],
    ],
  },
  frameSkip: 4,
  timestepSeconds: 0.002,
}

const goal = running(body, {
  ...parts.goal,
  episodeLimit: 1000,
  rewardText:
    'forward velocity in m/s over the step, minus 0.001 times the sum of all squared actions, plus 1; ' +
    'shared by all agents',
  addResetNoise({ qpos, qvel }, rng) {
    addUniform(qpos, NOISE, rng)
    addUniform(qvel, NOISE, rng)
  },
  reward: (velocity, action) => velocity - CONTROL_COST * sumOfSquares(action) + ALIVE_BONUS,
  terminated({ qpos }) {
    const [height, pitch] = [qpos[1]!, qpos[2]!]
    return !(height > MIN_HEIGHT && height < MAX_HEIGHT && Math.abs(pitch) < MAX_PITCH)
  },
})

export const walker2d: Robot<JointedBody> = { body, goal }
