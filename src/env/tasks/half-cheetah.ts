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

import type { MujocoTask } from '../mujoco-task.ts'
import { type BodySpec, factorise } from '../task-spec.ts'
import { halfCheetahXml } from './half-cheetah-model.ts'

const JOINTS = ['back_thigh', 'back_shin', 'back_foot', 'front_thigh', 'front_shin', 'front_foot'] as const
const FRAME_SKIP = 5
const TIMESTEP_SECONDS = 0.01
const CONTROL_COST = 0.1
const POSITION_NOISE = 0.1
const VELOCITY_NOISE = 0.1

const body: BodySpec = {
  actuators: JOINTS,
  actionLow: -1,
  actionHigh: 1,
  actionUnit: '1',
  stateNames: [
    'height',
    'pitch',
    ...JOINTS.map((joint) => `${joint}_angle`),
    'forward_velocity',
    'vertical_velocity',
    'pitch_velocity',
    ...JOINTS.map((joint) => `${joint}_velocity`),
  ],
  stateUnits: ['m', 'rad', ...JOINTS.map(() => 'rad'), 'm/s', 'm/s', 'rad/s', ...JOINTS.map(() => 'rad/s')],
  episodeLimit: 1000,
  stepSeconds: FRAME_SKIP * TIMESTEP_SECONDS,
  reward:
    'forward velocity in m/s over the step, minus 0.1 times the sum of all squared actions; shared by all agents',
}

/** `agentCount` 2, 3 or 6: the tasks HalfCheetah-2x3, -3x2 and -6x1. */
export function halfCheetah(agentCount: number): MujocoTask {
  return {
    spec: factorise(`HalfCheetah-${agentCount}x${JOINTS.length / agentCount}`, body, agentCount),
    xml: halfCheetahXml,
    frameSkip: FRAME_SKIP,
    addResetNoise(qpos, qvel, rng) {
      for (let i = 0; i < qpos.length; i++) qpos[i]! += POSITION_NOISE * (2 * rng.uniform() - 1)
      for (let i = 0; i < qvel.length; i++) qvel[i]! += VELOCITY_NOISE * rng.normal()
    },
    // qpos[0], the distance run, is left out: the dynamics do not depend on it.
    writeState({ qpos, qvel }, state) {
      for (let i = 1; i < qpos.length; i++) state[i - 1] = qpos[i]!
      state.set(qvel, qpos.length - 1)
    },
    position: ({ qpos }) => qpos[0]!,
    reward: (velocity, action) => velocity - CONTROL_COST * sumOfSquares(action),
    terminated: () => false,
  }
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!
  return sum
}
