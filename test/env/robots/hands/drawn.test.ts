// Hands and objects drawn by a page, from states alone, stand where MuJoCo has them.
import { expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { resolveTask } from '../../../../src/env/make-env.ts'
import { type BodyTree, bodyTree } from '../../../../src/env/mujoco/body-tree.ts'
import { OBJECT } from '../../../../src/env/robots/hands/layout.ts'
import type { Body } from '../../../../src/playground/body/body.ts'
import { Skeleton } from '../../../../src/playground/body/skeleton.ts'
import { wrongBody } from '../../../../src/registry/body.ts'
import { still, worldOf } from './worlds.ts'

const onTheWire = (tree: BodyTree) =>
  ({ ...tree, width_metres: tree.widthMetres, step_seconds: tree.stepSeconds }) as unknown as Body

/** A point in the axes of a body of MuJoCo's, in the world. */
function placed(world: Awaited<ReturnType<typeof worldOf>>, body: number, at: readonly number[]): number[] {
  const [turn, origin] = [world.simulation.dataArray('xmat'), world.simulation.dataArray('xpos')]
  return [0, 1, 2].map((i) =>
    at.reduce((sum, x, k) => sum + turn[9 * body + 3 * i + k]! * x, origin[3 * body + i]!),
  )
}

test.each(['BottleCap', 'Pen', 'DoorOpenInward', 'DoorOpenOutward'])('of %s', async (name) => {
  const tree = await bodyTree(resolveTask(`DexHands-${name}`))
  expect(wrongBody(tree, resolveTask(`DexHands-${name}`).spec.stateNames.length)).toBeUndefined()
  expect(wrongBody(tree, 400)).toMatch(/^the state has no entry/)
  expect(JSON.stringify(tree).length).toBeLessThan(40_000)
  const skeleton = new Skeleton(onTheWire(tree))
  const pose = new Float64Array(skeleton.length)
  const world = await worldOf(name)
  const rng = new Rng(2, name)
  const moved = world.simulation.qpos
  moved[OBJECT.qpos + (name === 'BottleCap' || name === 'Pen' ? 7 : 0)] = 0.05 // cap or right leaf
  world.setState(moved.slice(), new Float64Array(world.simulation.qvel.length))
  for (let step = 0; step < 12; step++) world.step(still().map(() => 2 * rng.uniform() - 1))
  skeleton.pose(world.state, 0, 0, pose)
  const bodies = [...world.simulation.modelArray('geom_bodyid')].filter((body) => body > 0)
  const drawn = new Set(tree.shapes.map(({ body }) => body))
  expect(drawn.size).toBe(new Set(bodies).size)
  const qpos = resolveTask(`DexHands-${name}`).shown!(world.state)
  qpos.forEach((value, i) => {
    const { name: of } = world.task.body.coordinates.qpos[i]!
    const same = /orientation/.test(of) ? Math.abs(value) : value // a quaternion turns as its negative does
    const true_ = world.simulation.qpos[i]!
    if (of !== 'cap_twist') expect(same, of).toBeCloseTo(/orientation/.test(of) ? Math.abs(true_) : true_, 4)
  })
  expect(qpos).toHaveLength(world.simulation.qpos.length)
  tree.shapes.forEach(({ body, from }, i) => {
    const own = mujocoBody(tree, body)
    const expected = placed(world, own, from)
    for (const axis of [0, 1, 2]) expect(pose[6 * i + axis]).toBeCloseTo(expected[axis]!, 4)
  })
})

/** The tree of a hand begins at the tip of its first finger: its bodies by their place in the model. */
function mujocoBody({ bodies }: BodyTree, body: number): number {
  const EACH = (OBJECT.body - 1) / 2
  if (body >= 2 * EACH) return OBJECT.body + body - 2 * EACH
  const spine = [7, 6, 5, 4, 3, 2, 1, 0]
  const rest = Array.from({ length: EACH }, (_, i) => i).filter((i) => !spine.includes(i))
  expect(bodies.length).toBeGreaterThanOrEqual(2 * EACH + 1)
  return 1 + Math.floor(body / EACH) * EACH + [...spine, ...rest][body % EACH]!
}
