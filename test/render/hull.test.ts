import { expect, test } from 'vitest'
import { resolveTask } from '../../src/env/make-env.ts'
import { Body } from '../../src/render/body.ts'
import { film } from '../../src/render/film.ts'
import { hullOf } from '../../src/render/hull.ts'

const spots = (...places: [number, number][]) => places.map(([x, y]) => ({ x, y }))

test('the outline of spots leaves out those inside and on its sides', () => {
  const corners = spots([0, 0], [2, 0], [2, 2], [0, 2])
  const hull = hullOf([...spots([1, 1], [1, 0], [0.5, 1.5]), ...corners])
  expect(hull).toHaveLength(4)
  expect(hull).toEqual(expect.arrayContaining(corners))
})

test('boxes and cylinders of the hands have the corners of their solids', async () => {
  const task = resolveTask('DexHands-BottleCap')
  const body = await Body.create(task)
  const rest = [...task.body.coordinates.qpos.keys()].map((i) => (i === 3 || i === 34 || i === 65 ? 1 : 0))
  const { shapes } = body.pose(rest)
  body.close()
  const table = shapes.at(-1)!
  expect(table.far).toBe(true)
  const corners = table.corners!.map(([x, y, z]) => [x, y + 0.6, z].map((value) => Number(value.toFixed(6))))
  expect(corners).toHaveLength(8)
  for (const [x, y, z] of corners)
    expect([Math.abs(x!), Math.abs(y!), z === 0 || z === 0.1]).toEqual([0.15, 0.15, true])
  const base = shapes.find(({ corners }) => corners?.length === 32)!
  for (const [x, y] of base.corners!) expect(Math.hypot(x, y)).toBeCloseTo(0.031, 9)
})

test('a picture of the hands stands still: no way is drawn, no distance is told', async () => {
  const task = resolveTask('DexHands-DoorOpenOutward')
  const qpos = task.body.coordinates.qpos.map((_, i) => (i === 3 || i === 34 ? 1 : 0))
  const [svg] = await film(task, [{ name: 'true', firstStep: 0, qpos: [qpos], rewards: [1.5] }], {
    every: 1,
    width: 480,
  })
  expect(svg).toContain('polygon')
  expect(svg).not.toContain('polyline')
  expect(svg).toContain('>reward 1.50<')
})
