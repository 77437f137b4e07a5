// Robots in random poses, as MuJoCo has them: what the Python client's drawing is held against.
import { Rng } from '../../src/common/rng.ts'
import { resolveTask, taskNames } from '../../src/env/make-env.ts'
import { poseOf } from '../../src/env/robots/goal.ts'
import { Body } from '../../src/render/body.ts'

const POSES = 5

export async function randomPoses() {
  const tasks = new Map(taskNames.map((name) => [resolveTask(name).body.name, resolveTask(name)]))
  const poses = [...tasks.values()].map(async (task) => {
    const { body: robot, goal } = task
    const body = await Body.create(task)
    const rng = new Rng(1, 'test', robot.name)
    const drawn = Array.from({ length: POSES }, () => {
      const state = Array.from(goal.stateNames, () => rng.normal())
      const place = [rng.normal(), robot.view.kind === 'side' ? 0 : rng.normal()] as const
      const { qpos } = poseOf(robot.name, goal)(state, place)
      return { robot: robot.name, state, place, qpos, shapes: body.pose(qpos).shapes }
    })
    body.close()
    return drawn
  })
  return (await Promise.all(poses)).flat()
}
