// Robots stand where MuJoCo has them, in any state: capsules' ends by the page's kinematics and by MuJoCo's.
import { expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { resolveTask } from '../../src/env/make-env.ts'
import { bodyTree } from '../../src/env/mujoco/body-tree.ts'
import { poseOf } from '../../src/env/robots/goal.ts'
import type { Body } from '../../src/playground/body/body.ts'
import { Skeleton } from '../../src/playground/body/skeleton.ts'
import { Body as TrueBody } from '../../src/render/body.ts'

test.each(['HalfCheetah-2x3', 'Walker2d-2x3', 'Ant-4x2'])('of %s', async (name) => {
  const task = resolveTask(name)
  const tree = await bodyTree(task)
  const onTheWire = { ...tree, width_metres: tree.widthMetres, step_seconds: tree.stepSeconds }
  const skeleton = new Skeleton(onTheWire as unknown as Body)
  const truth = await TrueBody.create(task)
  const rng = new Rng('skeleton', name)
  const pose = new Float64Array(skeleton.length + 6)
  for (let i = 0; i < 5; i++) {
    const state = [...rng.normals(task.spec.stateNames.length)].map((x) => 0.5 * x)
    skeleton.pose(state, 1.5, -0.5, pose, 6)
    const expected = truth.pose(poseOf(task.spec.name, task.goal)(state, [1.5, -0.5]).qpos).shapes
    const ends = expected.flatMap(({ from, to }) => [...from, ...to])
    expect(pose.length - 6).toBe(ends.length)
    for (const [j, value] of ends.entries()) expect(pose[j + 6]).toBeCloseTo(value, 6)
  }
  truth.close()
})
