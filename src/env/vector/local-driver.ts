// All copies in this thread: a call is done when it returns.
import { createSimulation } from '../mujoco/simulation.ts'
import type { MujocoTask } from '../mujoco/task.ts'
import { World } from '../mujoco/world.ts'
import { Copies } from './copies.ts'
import type { CopyDriver } from './copy-driver.ts'
import type { VectorArrays } from './vector-arrays.ts'
import type { AutoresetMode } from './vector-env.ts'

export async function localDriver(
  task: MujocoTask,
  arrays: VectorArrays,
  autoreset: AutoresetMode,
): Promise<CopyDriver> {
  const world = new World(task, await createSimulation(task.xml))
  const copies = new Copies(world, arrays, autoreset)
  return {
    run: (command) => {
      let next = 0
      copies[command](() => next++)
    },
    close: () => world.close(),
  }
}
