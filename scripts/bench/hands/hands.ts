// npm run bench:hands: whether the physics of the hands hold under random actions, and how fast they are on one core.
import Type, { type Static } from 'typebox'
import { runCommand } from '../../../src/common/command.ts'
import { DimaError } from '../../../src/common/errors.ts'
import { Rng } from '../../../src/common/rng.ts'
import { resolveTask } from '../../../src/env/make-env.ts'
import { createSimulation } from '../../../src/env/mujoco/simulation.ts'
import { World } from '../../../src/env/mujoco/world.ts'
import { handsTaskNames } from '../../../src/env/robots/hands/hands-task.ts'

const Flags = Type.Object(
  {
    tasks: Type.String({ default: handsTaskNames.join(','), description: 'which, separated by commas' }),
    episodes: Type.Integer({
      default: 10_000,
      minimum: 1,
      description: 'of uniformly random actions, of each task',
    }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'of the actions' }),
  },
  { additionalProperties: false },
)

/** Metres that parts may go into each other, and steps that they may stay deeper. */
const DEEP = 0.005
const LONG = 10

interface Seen {
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

async function measure(name: string, { episodes, seed }: Static<typeof Flags>): Promise<Seen> {
  const task = resolveTask(name)
  const world = new World(task, await createSimulation(task.xml))
  const rng = new Rng(seed, 'actions', name)
  const seen: Seen = { steps: 0, unstable: 0, stuck: 0, deepest: 0, seconds: 0 }
  for (let episode = 0; episode < episodes; episode++) play(world, rng, seen)
  world.close()
  return seen
}

function play(world: World, rng: Rng, seen: Seen): void {
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

runCommand('bench:hands', Flags, async (flags) => {
  for (const name of flags.tasks.split(',')) {
    const { steps, unstable, stuck, deepest, seconds } = await measure(name, flags)
    const figures = [
      `${flags.episodes} episodes, ${steps} steps`,
      `${unstable} unstable`,
      `${stuck} with more than ${LONG} steps deeper than ${1000 * DEEP} mm`,
      `deepest ${(1000 * deepest).toFixed(1)} mm`,
      `${Math.round(steps / seconds)} steps a CPU second`,
    ]
    console.log(`${name}: ${figures.join(', ')}`)
  }
})
