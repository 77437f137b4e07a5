// Environment steps per second of processor time on one core: the whole environment, its world alone, native MuJoCo.
import { Rng } from '../../../src/common/rng.ts'
import { resolveTask } from '../../../src/env/make-env.ts'
import { MujocoEnv } from '../../../src/env/mujoco/mujoco-env.ts'
import { createSimulation } from '../../../src/env/mujoco/simulation.ts'
import type { MujocoTask } from '../../../src/env/mujoco/task.ts'
import { World } from '../../../src/env/mujoco/world.ts'
import type { NativeMujoco } from './native.ts'
import { xorshift } from './random.ts'
import { inRounds, ratios, type Spread, spread } from './statistics.ts'

/** Processor time before anything counts: until V8 has optimised what is used, steps take twice as long. */
const WARM_UP_SECONDS = 2

export interface SingleRow {
  readonly task: string
  /** Version of the native library. */
  readonly nativeMujoco: string
  readonly environment: Spread
  readonly world: Spread
  readonly native: Spread
  readonly environmentToNative: Spread
  readonly worldToNative: Spread
}

interface Runner {
  /** One of full length. */
  episode(seed: number, draw: () => number): void
  close(): void
}

export async function measureSingle(
  name: string,
  native: NativeMujoco,
  options: { seconds: number; rounds: number },
): Promise<SingleRow> {
  const task = endless(name)
  const [environment, world] = [await openEnv(task), await openWorld(task)]
  for (const runner of [environment, world]) stepsPerCpuSecond(runner, task, WARM_UP_SECONDS, 1)
  let nativeMujoco = ''
  const rates = await inRounds(
    {
      environment: (round) => stepsPerCpuSecond(environment, task, options.seconds, round),
      native: (round) => {
        const { mujoco, steps, cpuSeconds } = native.run(task, options.seconds, actionSeed(round))
        nativeMujoco = mujoco
        return steps / cpuSeconds
      },
      world: (round) => stepsPerCpuSecond(world, task, options.seconds, round),
    },
    options.rounds,
  )
  for (const runner of [environment, world]) runner.close()
  return {
    task: task.spec.name,
    nativeMujoco,
    environment: spread(rates.environment),
    world: spread(rates.world),
    native: spread(rates.native),
    environmentToNative: ratios(rates.environment, rates.native),
    worldToNative: ratios(rates.world, rates.native),
  }
}

/** Endings are looked at and passed over: native MuJoCo knows none, and both are to walk through the same states. */
function endless(name: string): MujocoTask {
  const task = resolveTask(name)
  const { goal } = task
  const terminated: typeof goal.terminated = (...at) => goal.terminated(...at) && false
  return { ...task, goal: { ...goal, terminated } }
}

/** Of this process with all its threads, so what V8 compiles and collects in the background counts. */
function stepsPerCpuSecond(runner: Runner, { spec }: MujocoTask, seconds: number, round: number): number {
  const draw = xorshift(actionSeed(round))
  const before = process.cpuUsage()
  for (let episodes = 1; ; episodes++) {
    runner.episode(1000 * round + episodes, draw)
    const { user, system } = process.cpuUsage(before)
    const used = (user + system) / 1e6
    if (used >= seconds) return (episodes * spec.episodeLimit) / used
  }
}

/** Small seeds start with small numbers. */
const actionSeed = (round: number): number => 0x1234567 * (round + 1)

async function openEnv(task: MujocoTask): Promise<Runner> {
  const env = new MujocoEnv(task, await createSimulation(task.xml))
  const actions = Object.fromEntries(
    task.agents.map(({ name, controls }) => [name, new Float64Array(controls.length)]),
  )
  const arrays = Object.values(actions)
  return {
    episode(seed, draw) {
      env.reset({ seed })
      while (env.agents.length > 0) {
        for (const action of arrays) for (let i = 0; i < action.length; i++) action[i] = draw()
        env.step(actions)
      }
    },
    close: () => env.close(),
  }
}

async function openWorld(task: MujocoTask): Promise<Runner> {
  const world = new World(task, await createSimulation(task.xml))
  const controls = new Float64Array(task.body.actuators.length)
  return {
    episode(seed, draw) {
      world.reset(new Rng(seed, 'reset'))
      for (let step = 0; step < task.spec.episodeLimit; step++) {
        for (let i = 0; i < controls.length; i++) controls[i] = draw()
        world.step(controls)
      }
    },
    close: () => world.close(),
  }
}
