import { expect, test } from 'vitest'
import { resolveTask, taskNames } from '../../src/env/make-env.ts'
import { createSimulation } from '../../src/env/mujoco/simulation.ts'
import type { Point, Shape } from '../../src/render/body.ts'
import { openBody, trueEpisode } from './scenes.ts'

const near = (point: Point) => point.map((value) => expect.closeTo(value, 12))

// MuJoCo's axis of a capsule given by two points runs from the second to the first.
test('at rest the capsules of HalfCheetah end where the model says', async () => {
  const { shapes, root } = (await openBody('HalfCheetah-2x3')).pose(Array(9).fill(0))
  expect(root).toEqual(near([0, 0, 0.7]))
  expect(shapes).toHaveLength(8)
  expect(shapes[0]).toEqual({
    limb: 0,
    depth: 0,
    far: false,
    radius: 0.046,
    from: near([0.5, 0, 0.7]),
    to: near([-0.5, 0, 0.7]),
  })
  // head: centre 0.6, 0.1 in the trunk, tilted by 0.87 from the vertical, half length 0.15
  const [dx, dz] = [0.15 * Math.sin(0.87), 0.15 * Math.cos(0.87)]
  expect(shapes[1]).toMatchObject({ from: near([0.6 - dx, 0, 0.8 - dz]), to: near([0.6 + dx, 0, 0.8 + dz]) })
})

test('the body follows its root: a quarter turn puts the nose down', async () => {
  const body = await openBody('HalfCheetah-2x3')
  const { shapes, root } = body.pose([2, 0.3, Math.PI / 2, 0, 0, 0, 0, 0, 0])
  expect(root).toEqual(near([2, 0, 1]))
  expect(shapes[0]).toMatchObject({ from: near([2, 0, 0.5]), to: near([2, 0, 1.5]) })
})

test('a joint moves what hangs on it, and nothing else', async () => {
  const body = await openBody('HalfCheetah-2x3')
  const rest = body.pose(Array(9).fill(0)).shapes
  const bent = body.pose([0, 0, 0, 0, 0.5, 0, 0, 0, 0]).shapes // back shin
  const moved = bent.flatMap((shape, i) =>
    shape.to[0] === rest[i]!.to[0] ? [] : [[shape.limb, shape.depth]],
  )
  expect(moved).toEqual([
    [1, 2],
    [1, 3],
  ])
})

test('the trunk of Ant is a sphere, and its quaternion need not be of length 1', async () => {
  const body = await openBody('Ant-4x2')
  const legs = Array(8).fill(0.3)
  const unit = body.pose([1, 2, 0.75, 1, 0, 0, 0, ...legs])
  expect(unit.shapes[0]).toMatchObject({ radius: 0.25, from: near([1, 2, 0.75]), to: near([1, 2, 0.75]) })
  expect(body.pose([1, 2, 0.75, 0.4, 0, 0, 0, ...legs])).toEqual(unit)
})

const limbs = (shapes: readonly Shape[]) => {
  const count = new Map<string, number>()
  for (const { limb, far } of shapes) {
    const name = `${limb}${far ? ' far' : ''}`
    count.set(name, (count.get(name) ?? 0) + 1)
  }
  return Object.fromEntries(count)
}

test('limbs are what hangs on the trunk; the second leg of Walker2d is behind the first', async () => {
  const shapesOf = async (task: string, size: number) =>
    (await openBody(task)).pose(Array(size).fill(0)).shapes
  expect(limbs(await shapesOf('HalfCheetah-2x3', 9))).toEqual({ 0: 2, 1: 3, 2: 3 })
  expect(limbs(await shapesOf('Walker2d-2x3', 9))).toEqual({ 0: 1, 1: 3, '2 far': 3 })
  expect(limbs(await shapesOf('Ant-4x2', 15))).toEqual({ 0: 1, 1: 3, 2: 3, 3: 3, 4: 3 })
})

test.each(taskNames)('%s: the pose is that of the full simulation', async (name) => {
  const { qpos } = await trueEpisode(name)
  const body = await openBody(name)
  const simulation = await createSimulation(resolveTask(name).xml)
  for (const one of qpos) {
    simulation.qpos.set(one)
    simulation.forward()
    const geoms = simulation.dataArray('geom_xpos') // the ground comes first
    const { shapes, root } = body.pose(one)
    shapes.forEach(({ from, to }, i) => {
      const centre: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2]
      expect([...geoms.slice(3 * (i + 1), 3 * (i + 2))]).toEqual(near(centre))
    })
    expect([...simulation.dataArray('xpos').slice(3, 6)]).toEqual(near(root))
  }
  simulation.close()
})
