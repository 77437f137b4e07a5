// A task: a robot, a split of its actuators among agents, and options. Resolved once, shared by all its environments.
import type { Robot } from '../robots/robot.ts'
import type { TaskSpec } from '../task-spec.ts'
import { type AgentActuators, splitActuators } from './factorisation.ts'
import { type Observer, observerOf } from './observer.ts'
import { formatTaskName, type TaskName, type TaskOptions } from './task-options.ts'

export interface MujocoTask {
  readonly spec: TaskSpec
  readonly robot: Robot
  /** The physical model, MJCF. */
  readonly xml: string
  readonly agents: readonly AgentActuators[]
  /** Whether contact forces are computed after every step. */
  readonly contactForces: boolean
  readonly observer: Observer
}

/** DimaError `unknown_task` if the actuators can't be split so, or the robot has no such partition. */
export function createTask(robot: Robot, name: TaskName): MujocoTask {
  const options = meaningful(name.options, robot)
  const agents = splitActuators(robot, name.split, options.actionMap)
  const observer = observerOf(robot, agents, options)
  return {
    spec: {
      name: formatTaskName({ ...name, options }),
      agents: agents.map(({ name, actuators }, i) => ({ name, actuators, ...observer.entries[i]! })),
      actionLow: -1,
      actionHigh: 1,
      actionUnit: '1',
      stateNames: robot.stateNames,
      stateUnits: robot.stateUnits,
      episodeLimit: robot.episodeLimit,
      stepSeconds: robot.frameSkip * robot.timestepSeconds,
      reward: robot.rewardText,
    },
    robot,
    xml: robot.xml(options.physics),
    agents,
    contactForces: options.contacts === 'real',
    observer,
  }
}

/** Without the options that this robot has nothing for, so that one task has one name. */
const meaningful = (options: TaskOptions, { coordinates }: Robot): TaskOptions =>
  coordinates.contacts ? options : { ...options, contacts: 'zeros' }
