// The tasks by name. To add one: write its MujocoTask in tasks/ and put it in the table.
import { DimaError } from '../common/errors.ts'
import { createSimulation } from './mujoco.ts'
import { MujocoEnv } from './mujoco-env.ts'
import type { MujocoTask } from './mujoco-task.ts'
import type { ParallelEnv } from './parallel-env.ts'
import type { TaskSpec } from './task-spec.ts'
import { halfCheetah } from './tasks/half-cheetah.ts'

const tasks: ReadonlyMap<string, MujocoTask> = new Map(
  [halfCheetah(2)].map((task) => [task.spec.name, task] as const),
)

export const taskNames: readonly string[] = [...tasks.keys()]

/** Starts MuJoCo if need be and builds a new environment, independent of all others. */
export async function makeEnv(task: string): Promise<ParallelEnv> {
  return makeMujocoEnv(task)
}

/** As `makeEnv`, with what only a MuJoCo environment can do (`setState`). */
export async function makeMujocoEnv(task: string): Promise<MujocoEnv> {
  const definition = find(task)
  return new MujocoEnv(definition, await createSimulation(definition.xml))
}

/** What is known of a task without starting MuJoCo. */
export const taskSpec = (task: string): TaskSpec => find(task).spec

function find(name: string): MujocoTask {
  const task = tasks.get(name)
  if (!task)
    throw new DimaError('unknown_task', `no task named ${name}; the tasks are ${taskNames.join(', ')}`, {
      field: 'task',
      expected: taskNames,
      given: name,
    })
  return task
}
