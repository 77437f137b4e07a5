// What a robot says of itself against its compiled model.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import type { World } from '../../../src/env/mujoco/world.ts'
import { poseOf } from '../../../src/env/robots/goal.ts'
import { createWorld, robotNames, robots } from './references.ts'

describe.each(robotNames)('%s', (name) => {
  const { body: robot } = robots[name]
  const { goal, xml } = robots[name].task
  let world: World
  beforeAll(async () => {
    world = await createWorld(robots[name].task)
  })
  afterAll(() => world.close())
  const array = (of: string) => world.simulation.modelArray(of)

  test('actuators are the motors of the model in order', () => {
    const motors = [...xml.matchAll(/<motor name="(\w+)" joint="(\w+)"/g)]
    expect(motors.map(([, motor]) => motor)).toEqual(robot.actuators)
    expect(motors.map(([, , joint]) => joint)).toEqual(robot.actuators)
  })

  test('joints point at the coordinates that their actuators move', () => {
    const offset = name === 'Ant' ? 1 : 0 // a quaternion has four numbers, an angular velocity three
    expect(robot.joints.map(({ actuator }) => actuator).toSorted()).toEqual(robot.actuators.toSorted())
    for (const { actuator, qpos, qvel } of robot.joints) {
      const joint = array('actuator_trnid')[2 * robot.actuators.indexOf(actuator)]!
      expect(array('dof_jntid')[qvel]).toBe(joint)
      expect(qpos).toBe(qvel + offset)
      expect(robot.coordinates.qpos[qpos]).toEqual({ name: `${actuator}_angle`, unit: 'rad' })
      expect(robot.coordinates.qvel[qvel]).toEqual({ name: `${actuator}_velocity`, unit: 'rad/s' })
    }
  })

  test('coordinates and state have a name and a unit each', () => {
    const { qpos, qvel } = robot.coordinates
    expect(qpos).toHaveLength(world.simulation.qpos.length)
    expect(qvel).toHaveLength(world.simulation.qvel.length)
    for (const names of [goal.stateNames, [...qpos, ...qvel].map(({ name }) => name)])
      expect(new Set(names).size).toBe(names.length)
    expect(goal.stateUnits).toHaveLength(goal.stateNames.length)
    world.reset(new Rng(1))
    expect(world.state.every(Number.isFinite)).toBe(true)
  })

  test('the graph connects every joint', () => {
    const labels = robot.joints.map(({ label }) => label)
    expect(new Set(labels).size).toBe(labels.length)
    expect(new Set(robot.edges.flat())).toEqual(new Set(labels))
    const reached = new Set([labels[0]!])
    for (const _ of labels)
      for (const edge of robot.edges)
        if (edge.some((label) => reached.has(label))) for (const label of edge) reached.add(label)
    expect(reached.size).toBe(labels.length)
  })

  test.each(Object.entries(robot.partitions))(
    'partition %s gives every actuator to one agent',
    (split, groups) => {
      expect(groups.flat().toSorted()).toEqual(robot.actuators.toSorted())
      expect(`${groups.length}x${groups[0]!.length}`).toBe(split)
    },
  )

  test('the pose of a state is where the state was', () => {
    world.reset(new Rng(2))
    const { qpos, qvel } = world.simulation
    const pose = poseOf(name, goal)(world.state, [qpos[0]!, qpos[1]!])
    expect(pose).toEqual({ qpos: [...qpos], qvel: [...qvel] })
  })
})

test("contact forces of Ant's joints are those of the bodies they move and hang on", async () => {
  const world = await createWorld(robots.Ant.task)
  const parents = world.simulation.modelArray('body_parentid')
  const bodyOf = world.simulation.modelArray('dof_bodyid')
  for (const { label, qvel, bodies } of robots.Ant.body.joints) {
    const moved = bodyOf[qvel]!
    const above = parents[moved]!
    const chain = label.startsWith('hip') ? [parents[above], above] : [parents[above], above, moved]
    expect(bodies).toEqual(chain)
  }
  const names = [...world.task.xml.matchAll(/<body name="(\w+)"/g)].map(([, body]) => body)
  const ofForces = world.task.goal.stateNames.filter((entry) => entry.endsWith('_contact_force_x'))
  expect(ofForces).toEqual(['ground', ...names].map((body) => `${body}_contact_force_x`))
  world.close()
})

test("Walker2d's state clips velocities to 10, its coordinates do not", async () => {
  const world = await createWorld(robots.Walker2d.task)
  const [qpos, qvel] = [world.simulation.qpos.slice(), [12, -12, 3, 10, -10, 0, 11, 0, 0]]
  world.setState(qpos, qvel)
  expect([...world.state.slice(8)]).toEqual([10, -10, 3, 10, -10, 0, 10, 0, 0])
  expect([...world.simulation.qvel]).toEqual(qvel)
  world.close()
})
