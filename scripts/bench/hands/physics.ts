// Episodes of uniformly random actions: whether the physics of the hands hold, and how fast they are on one core.
import { DimaError } from '../../../src/common/errors.ts'
import { Rng } from '../../../src/common/rng.ts'
import { resolveTask } from '../../../src/env/make-env.ts'
import { createSimulation } from '../../../src/env/mujoco/simulation.ts'
import { World } from '../../../src/env/mujoco/world.ts'

/** Metres that parts may go into each other, and steps that they may stay deeper. */
export const DEEP = 0.005
export const LONG = 10

export interface Physics {
  episodes: number
  steps: number
  /** Episodes whose physics became unstable. */
  unstable: number
  /** Episodes with something deeper than DEEP for more than LONG steps. */
  stuck: number
  /** Deepest contact after a step, m. */
  deepest: number
  /** CPU seconds of steps alone. */
  seconds: number
}

/**
 * Episode i has the random stream (seed, task, i), so that processes may share them out by `first`.
 * @param told hears the figures so far after every episode
 */
export async function measurePhysics(
  name: string,
  { first, episodes, seed }: { first: number; episodes: number; seed: number },
  told: (seen: Readonly<Physics>) => void,
): Promise<Physics> {
  const task = resolveTask(name)
  const world = new World(task, await createSimulation(task.xml))
  const seen: Physics = { episodes: 0, steps: 0, unstable: 0, stuck: 0, deepest: 0, seconds: 0 }
  for (let episode = first; episode < first + episodes; episode++) {
    play(world, new Rng(seed, 'actions', name, episode), seen)
    seen.episodes++
    told(seen)
  }
  world.close()
  return seen
}

function play(world: World, rng: Rng, seen: Physics): void {
  const action = new Float64Array(world.task.body.actuators.length)
  let [deep, longest] = [0, 0]
  world.reset(rng)
  for (let step = 0; step < world.task.spec.episodeLimit && !world.terminated; step++) {
    for (let i = 0; i < action.length; i++) action[i] = 2 * rng.uniform() - 1
    const before = process.cpuUsage()
    try {
      world.step(action)
    } catch (error) {
      if (!(error instanceof DimaError)) throw error
      seen.unstable++
      return
    }
    const { user, system } = process.cpuUsage(before)
    seen.seconds += (user + system) / 1e6
    seen.steps++
    const depth = Math.max(0, ...world.simulation.contacts().map((contact) => contact.depth))
    seen.deepest = Math.max(seen.deepest, depth)
    deep = depth > DEEP ? deep + 1 : 0
    longest = Math.max(longest, deep)
  }
  if (longest > LONG) seen.stuck++
}
