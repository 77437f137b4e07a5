import { expect, test } from 'vitest'
import { resolveTask, taskNames } from '../../src/env/make-env.ts'
import { poseOf } from '../../src/env/robots/goal.ts'
import type { Pose } from '../../src/render/body.ts'
import { travel } from '../../src/render/travel.ts'
import { openBody, trueEpisode } from './scenes.ts'

const coordinates = ({ shapes, root }: Pose) => [
  ...root,
  ...shapes.flatMap(({ from, to, radius }) => [...from, ...to, radius]),
]

test.each(taskNames)('%s: a state and its position make the very pose', async (name) => {
  const { qpos, states } = await trueEpisode(name)
  const { goal } = resolveTask(name)
  const body = await openBody(name)
  states.forEach((state, t) => {
    const rebuilt = poseOf(name, goal)(state, [qpos[t]![0]!, qpos[t]![1]!]).qpos
    expect(coordinates(body.pose(rebuilt))).toEqual(coordinates(body.pose(qpos[t]!)))
  })
})

test.each(taskNames)('%s: the integral of the velocity is where it has come', async (name) => {
  const { qpos, states } = await trueEpisode(name, 15)
  const task = resolveTask(name)
  const [x = 0, y = 0] = qpos[0]!
  const travelled = travel(task, states, [x, y])
  expect(travelled[0]).toEqual(qpos[0])
  const free = task.body.view.kind === 'oblique' ? 2 : 1
  travelled.forEach((pose, t) => {
    for (let i = 0; i < free; i++) expect(Math.abs(pose[i]! - qpos[t]![i]!)).toBeLessThan(0.03)
    expect(pose.slice(free)).toEqual(qpos[t]!.slice(free))
  })
})

test('without a position it begins at zero and changes evenly between two velocities', () => {
  const task = resolveTask('HalfCheetah-2x3')
  const moving = (velocity: number) => [0.1, ...Array(7).fill(0), velocity, ...Array(8).fill(0)]
  const poses = travel(task, [moving(1), moving(1), moving(3)])
  expect(poses.map(([x]) => x)).toEqual([0, 0.05, expect.closeTo(0.15, 12)])
  expect(poses.every(([, height]) => height === 0.1)).toBe(true)
})

test('Ant goes along y too', () => {
  const task = resolveTask('Ant-4x2')
  const state = [0.7, 1, 0, 0, 0, ...Array(8).fill(0), 2, -4, ...Array(96).fill(0)]
  const poses = travel(task, [state, state], [1, 1])
  expect(poses[1]!.slice(0, 3)).toEqual([expect.closeTo(1.1, 12), expect.closeTo(0.8, 12), 0.7])
})
