// Environments by name; task-options.ts says how names are made. To add a robot: write it in robots/ and put it here.
import { DimaError } from '../common/errors.ts'
import { MujocoEnv } from './mujoco/mujoco-env.ts'
import { createSimulation } from './mujoco/simulation.ts'
import { createTask, type MujocoTask } from './mujoco/task.ts'
import { isTaskName, parseTaskName } from './mujoco/task-options.ts'
import { taskMeant } from './nearest-task.ts'
import type { ParallelEnv } from './parallel-env.ts'
import { ant } from './robots/ant.ts'
import type { JointedBody } from './robots/body.ts'
import { halfCheetah } from './robots/half-cheetah.ts'
import { handsTask, handsTaskNames } from './robots/hands/hands-task.ts'
import { isHandsName } from './robots/hands/task-names.ts'
import type { Robot } from './robots/robot.ts'
import { walker2d } from './robots/walker2d.ts'
import type { TaskSpec } from './task-spec.ts'

const robots: ReadonlyMap<string, Robot<JointedBody>> = new Map(
  [ant, halfCheetah, walker2d].map((robot) => [robot.body.name, robot]),
)

/** The running tasks of the paper's Table 2. Every other split of these robots is a task too. */
export const taskNames: readonly string[] = [
  'Ant-2x4-v1',
  'Ant-4x2-v1',
  'HalfCheetah-2x3-v1',
  'HalfCheetah-3x2-v1',
  'HalfCheetah-6x1-v1',
  'Walker2d-2x3-v1',
  'Walker2d-3x2-v1',
]

/** Those of two hands, which are re-created here, too. */
export const allTaskNames: readonly string[] = [...taskNames, ...handsTaskNames]

/** Starts MuJoCo if need be and builds a new environment, independent of all others. */
export async function makeEnv(task: string): Promise<ParallelEnv> {
  return makeMujocoEnv(task)
}

/** As `makeEnv`, with what only a MuJoCo environment can do (`setState`, `coordinates`). */
export async function makeMujocoEnv(task: string): Promise<MujocoEnv> {
  const definition = resolveTask(task)
  return new MujocoEnv(definition, await createSimulation(definition.xml))
}

/** What is known of a task without starting MuJoCo. */
export const taskSpec = (task: string): TaskSpec => resolveTask(task).spec

/** DimaError `unknown_task`, `invalid_config` for an option. */
export function resolveTask(task: string): MujocoTask {
  return isHandsName(task) ? resolveHands(task) : resolveRunning(task)
}

function resolveHands(name: string): MujocoTask {
  const task = handsTask(name)
  if (!task) throw unknown(name, `no task named ${name}`)
  return task
}

function resolveRunning(task: string): MujocoTask {
  if (!isTaskName(task)) throw unknown(task, `${task} is not the name of a task`)
  const name = parseTaskName(task)
  const robot = robots.get(name.robot)
  if (!robot) throw unknown(task, `no task named ${task}`)
  return createTask(robot, name)
}

function unknown(given: string, what: string): DimaError {
  const message = `${what}${taskMeant(given, allTaskNames)}; the tasks are ${allTaskNames.join(', ')}`
  return new DimaError('unknown_task', message, { field: 'task', expected: allTaskNames, given })
}
