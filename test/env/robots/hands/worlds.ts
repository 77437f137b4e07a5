// Worlds of the hands' tasks for tests, one of each, and where things stand in them.
import { afterAll } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { createSimulation } from '../../../../src/env/mujoco/simulation.ts'
import { World } from '../../../../src/env/mujoco/world.ts'
import { handsTask } from '../../../../src/env/robots/hands/hands-task.ts'

const open = new Map<string, World>()
afterAll(() => {
  for (const world of open.values()) world.close()
  open.clear()
})

/** At its start. @param name without `DexHands-`, with options if need be */
export async function worldOf(name: string): Promise<World> {
  const kept = open.get(name)
  const task = handsTask(`DexHands-${name}`)!
  const world = kept ?? new World(task, await createSimulation(task.xml))
  open.set(name, world)
  world.reset(new Rng(1, 'reset'))
  return world
}

export const still = () => new Float64Array(52)

/** The action that holds all joints of both hands at angle 0: targets are shares of a range. */
export function resting(world: World): Float64Array {
  const ranges = world.simulation.modelArray('actuator_ctrlrange')
  const action = still()
  for (let servo = 0; servo < 40; servo++) {
    const [low, high] = [ranges[2 * servo]!, ranges[2 * servo + 1]!]
    action[(servo < 20 ? 6 : 12) + servo] = (-2 * low) / (high - low) - 1
  }
  return action
}

export const entry = (world: World, name: string): number => {
  const at = world.task.spec.stateNames.indexOf(name)
  if (at < 0) throw new Error(`no entry ${name}`)
  return world.state[at]!
}

export const coordinate = (world: World, name: string): number =>
  world.task.body.coordinates.qpos.findIndex((one) => one.name === name)

/** Starts with some coordinates as given, all else as at the start. */
export async function worldAt(name: string, changes: Record<string, number>): Promise<World> {
  const world = await worldOf(name)
  const qpos = world.simulation.qpos.slice()
  for (const [of, value] of Object.entries(changes)) qpos[coordinate(world, of)] = value
  world.setState(qpos, new Float64Array(world.simulation.qvel.length))
  return world
}

/** What the state is worth as it stands. */
export function judged(world: World): { reward: number; failed: boolean; success: boolean } {
  const { simulation, task } = world
  const memory = new Float64Array(task.goal.memorySize)
  const reward = task.goal.reward(simulation, still(), memory)
  const failed = task.goal.terminated(simulation, memory)
  return { reward, failed, success: task.goal.succeeded!(memory) }
}
