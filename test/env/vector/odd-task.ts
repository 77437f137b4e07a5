// HalfCheetah made for tests: episodes are short and end in both ways, and actions beyond their range break things.
import { resolveTask } from '../../../src/env/make-env.ts'
import type { MujocoTask } from '../../../src/env/mujoco/task.ts'

/** First entry of the joint action: makes the physics of that copy unstable in its next step. */
export const UNSTABLE = 7
/** First entry of the joint action: makes the program fail. */
export const BROKEN = 8

const task = resolveTask('HalfCheetah-2x3')
const { goal } = task

export const oddTask: MujocoTask = {
  ...task,
  spec: { ...task.spec, episodeLimit: 9 },
  goal: {
    ...goal,
    terminated: ({ qvel }) => Math.abs(qvel[0]!) > 1.2,
    reward: (simulation, controls, memory) => {
      if (controls[0] === BROKEN) throw new Error('the reward is broken')
      if (controls[0] === UNSTABLE) simulation.qvel[3] = 1e9
      return goal.reward(simulation, controls, memory)
    },
  },
}
