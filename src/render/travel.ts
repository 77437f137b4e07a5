// States back to poses. A state leaves out how far the body has come: that is the integral of its velocity.
import type { MujocoTask } from '../env/mujoco/task.ts'
import { poseOf } from '../env/robots/goal.ts'

export type Position = readonly [x: number, y: number]

/**
 * Coordinates [F, Q] of states [F, S] that follow one another at the task's steps, the first at `position`, in metres.
 * Where the task says what a state shows, that.
 * Over a step the velocity is taken to change evenly: 15 steps of HalfCheetah come out within a centimetre.
 */
export function travel(
  task: MujocoTask,
  states: readonly ArrayLike<number>[],
  position: Position = [0, 0],
): number[][] {
  if (task.shown) return states.map(task.shown)
  const velocities = states.map((state) => velocityOf(task, state))
  const { stepSeconds } = task.spec
  const pose = poseOf(task.spec.name, task.goal)
  let [x, y] = position
  return states.map((state, i) => {
    const [before, now] = [velocities[i - 1], velocities[i]!]
    if (before) {
      x += (stepSeconds * (before[0] + now[0])) / 2
      y += (stepSeconds * (before[1] + now[1])) / 2
    }
    return pose(state, [x, y]).qpos
  })
}

/** A planar robot's second velocity is the vertical one: it goes nowhere along y. */
function velocityOf({ spec, body, goal }: MujocoTask, state: ArrayLike<number>): Position {
  const { qvel } = poseOf(spec.name, goal)(state, [0, 0])
  return [qvel[0]!, body.view.kind === 'oblique' ? qvel[1]! : 0]
}
