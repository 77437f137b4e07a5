// What the compiled arrays can't show (MuJoCo's flags can't be read): clamped controls and stops of joints.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSimulation, type Simulation } from '../../../src/env/mujoco/simulation.ts'
import { createWorld, robotNames, robots } from './references.ts'

const CONTROL_COSTS = { HalfCheetah: 0.1, Ant: 0.5, Walker2d: 0.001 }

test.each(robotNames)('%s: controls of 5 and -5 act as 1 and -1 but cost as 5', async (name) => {
  const world = await createWorld(robots[name].task)
  const run = (value: number) => {
    world.setState(robots[name].reference.fromRest.start.qpos, world.simulation.qvel.slice().fill(0))
    const controls = Float64Array.from(world.task.body.actuators, () => value)
    const rewards = Array.from({ length: 10 }, () => {
      world.step(controls)
      return world.reward
    })
    return { state: world.state.slice(), rewards }
  }
  const extra = CONTROL_COSTS[name] * world.task.body.actuators.length * (25 - 1)
  for (const sign of [1, -1]) {
    const [one, five] = [run(sign), run(5 * sign)]
    expect(five.state).toEqual(one.state)
    five.rewards.forEach((reward, i) => {
      expect(one.rewards[i]! - reward).toBeCloseTo(extra, 10)
    })
  }
  world.close()
})

describe.each(robotNames)('%s', (name) => {
  const { body, task, reference } = robots[name]
  const { dof_jntid, jnt_range } = reference.arrays as Record<'dof_jntid' | 'jnt_range', number[]>
  const ends = body.joints.flatMap(({ actuator, qpos, qvel }) => {
    const joint = dof_jntid[qvel]!
    return [
      { actuator, qpos, qvel, limit: jnt_range[2 * joint]!, side: -1 },
      { actuator, qpos, qvel, limit: jnt_range[2 * joint + 1]!, side: 1 },
    ]
  })
  let stopped: Simulation
  let free: Simulation
  beforeAll(async () => {
    stopped = await createSimulation(task.xml)
    free = await createSimulation(task.xml.replace('limited="true"', 'limited="false"'))
  })
  afterAll(() => {
    stopped.close()
    free.close()
  })

  // The cheetah's springs alone bring a joint back, so what shows the stop is how far the joint gets beyond it.
  test.each(ends)(
    '$actuator driven past $limit rad is stopped and comes back',
    ({ qpos, qvel, limit, side }) => {
      const fling = (simulation: Simulation) => {
        simulation.reset()
        simulation.qpos[name === 'Ant' ? 2 : 1] = 50 // In the air: no contact takes part.
        simulation.qpos[qpos] = limit
        simulation.qvel[qvel] = 30 * side
        const beyond = Array.from({ length: Math.round(0.5 / simulation.timestepSeconds) }, () => {
          simulation.step(1)
          return (simulation.qpos[qpos]! - limit) * side
        })
        const furthest = Math.max(...beyond)
        return { furthest, after: Math.min(...beyond.slice(beyond.indexOf(furthest))) }
      }
      const { furthest, after } = fling(stopped)
      expect(furthest).toBeLessThan(0.8 * fling(free).furthest)
      expect(after).toBeLessThan(furthest / 4)
    },
  )
})
