// A robot drawn from its tree by a reader without MuJoCo stands where MuJoCo has it, in any state.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { resolveTask, taskNames } from '../../../src/env/make-env.ts'
import { type BodyTree, bodyTree } from '../../../src/env/mujoco/body-tree.ts'
import { poseOf } from '../../../src/env/robots/goal.ts'
import { wrongBody } from '../../../src/registry/body.ts'
import { Body } from '../../../src/render/body.ts'

type Vector = number[]
type Matrix = number[][] // rows

const add = (a: Vector, b: Vector): Vector => a.map((x, i) => x + b[i]!)
const turn = (m: Matrix, v: Vector): Vector => m.map((row) => row.reduce((sum, x, i) => sum + x * v[i]!, 0))
const chain = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => [0, 1, 2].map((j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)))

function ofQuaternion([w, x, y, z]: Vector): Matrix {
  const s = 2 / (w! * w! + x! * x! + y! * y! + z! * z!)
  return [
    [1 - s * (y! * y! + z! * z!), s * (x! * y! - w! * z!), s * (x! * z! + w! * y!)],
    [s * (x! * y! + w! * z!), 1 - s * (x! * x! + z! * z!), s * (y! * z! - w! * x!)],
    [s * (x! * z! - w! * y!), s * (y! * z! + w! * x!), 1 - s * (x! * x! + y! * y!)],
  ]
}

const about = (axis: Vector, angle: number): Matrix =>
  ofQuaternion([Math.cos(angle / 2), ...axis.map((x) => x * Math.sin(angle / 2))])

/** Where the shapes' ends are. */
function drawn({ bodies, joints, shapes }: BodyTree, q: Vector): Vector[] {
  const frames: { at: Vector; by: Matrix }[] = []
  for (const [i, { parent, position, rotation }] of bodies.entries()) {
    const up = frames[parent] ?? { at: [0, 0, 0], by: ofQuaternion([1, 0, 0, 0]) }
    let [at, by] = [add(up.at, turn(up.by, position)), chain(up.by, ofQuaternion(rotation))]
    for (const joint of joints.filter(({ body }) => body === i)) {
      const own = q.slice(joint.coordinate, joint.coordinate + 7)
      if (joint.kind === 'free') [at, by] = [own.slice(0, 3), ofQuaternion(own.slice(3))]
      else if (joint.kind === 'slide') {
        const way = own[0]! - joint.rest
        at = add(
          at,
          turn(
            by,
            joint.axis.map((x) => x * way),
          ),
        )
      } else {
        const anchor = add(at, turn(by, joint.position))
        by = chain(by, about(joint.axis, own[0]! - joint.rest))
        at = add(
          anchor,
          turn(
            by,
            joint.position.map((x) => -x),
          ),
        )
      }
    }
    frames.push({ at, by })
  }
  return shapes.flatMap(({ body, from, to }) =>
    [from, to].map((end) => add(frames[body]!.at, turn(frames[body]!.by, end))),
  )
}

test.each(taskNames)('of %s', async (name) => {
  const task = resolveTask(name)
  const tree = await bodyTree(task)
  const body = await Body.create(task)
  const rng = new Rng('body tree', name)
  for (let i = 0; i < 5; i++) {
    const state = [...rng.normals(task.spec.stateNames.length)].map((x) => 0.5 * x)
    const { qpos } = poseOf(name, task.goal)(state, [1.5, -0.5])
    const place = { x: 1.5, y: -0.5 }
    const q = tree.coordinates.map((entry) =>
      typeof entry === 'number' ? state[entry]! : place[entry as 'x' | 'y'],
    )
    expect(q).toEqual(qpos)
    const expected = body.pose(qpos).shapes.flatMap(({ from, to }) => [from, to])
    const ends = drawn(tree, q)
    expect(ends).toHaveLength(expected.length)
    for (const [j, end] of ends.entries())
      for (const axis of [0, 1, 2]) expect(end[axis]).toBeCloseTo(expected[j]![axis]!, 6)
  }
  body.close()
  expect(wrongBody(tree, task.spec.stateNames.length)).toBeUndefined()
  expect(wrongBody(tree, 3)).toMatch(/^the state has no entry/)
  expect(JSON.stringify(tree).length).toBeLessThan(8000)
})
