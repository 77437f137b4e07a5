// A task: a body, a goal, and who drives and sees what of it. Resolved once, shared by all its environments.
import type { Body, JointedBody } from '../robots/body.ts'
import type { Goal } from '../robots/goal.ts'
import type { Robot } from '../robots/robot.ts'
import type { TaskSpec } from '../task-spec.ts'
import type { TreeParts } from './body-tree.ts'
import { type AgentActuators, splitActuators } from './factorisation.ts'
import { type Observer, observerOf } from './observer.ts'
import type { Simulation } from './simulation.ts'
import { formatTaskName, type TaskName, type TaskOptions } from './task-options.ts'

export interface MujocoTask {
  readonly spec: TaskSpec
  readonly body: Body
  readonly goal: Goal
  /** The physical model, MJCF. */
  readonly xml: string
  readonly agents: readonly AgentActuators[]
  /** Whether an episode at its time limit has failed, instead of being cut. */
  readonly limitFails?: boolean
  /** Whether contact forces are computed after every step. */
  readonly contactForces: boolean
  readonly observer: Observer
  /** How a state is drawn, where it is no pose: of its compiled model. */
  readonly tree?: (simulation: Simulation) => TreeParts
  /** The same as MuJoCo's coordinates, qpos. */
  readonly shown?: (state: ArrayLike<number>) => number[]
}

/**
 * A robot whose actuators are split among agents. DimaError `unknown_task` if they can't be split so, or the robot has
 * no such partition.
 */
export function createTask({ body, goal }: Robot<JointedBody>, name: TaskName): MujocoTask {
  const options = meaningful(name.options, body)
  const agents = splitActuators(body, name.split, options.actionMap)
  const observer = observerOf(body, goal, agents, options)
  return {
    spec: specOf(formatTaskName({ ...name, options }), { body, goal, agents, observer }),
    body,
    goal,
    xml: body.xml(options.physics),
    agents,
    contactForces: options.contacts === 'real',
    observer,
  }
}

/** What learners and servers are told of it. */
export const specOf = (
  name: string,
  { body, goal, agents, observer }: Pick<MujocoTask, 'body' | 'goal' | 'agents' | 'observer'>,
): TaskSpec => ({
  name,
  agents: agents.map(({ name, actuators }, i) => ({ name, actuators, ...observer.entries[i]! })),
  actionLow: -1,
  actionHigh: 1,
  actionUnit: '1',
  stateNames: goal.stateNames,
  stateUnits: goal.stateUnits,
  ...(goal.leastDeviation !== undefined && { leastDeviation: goal.leastDeviation }),
  episodeLimit: goal.episodeLimit,
  stepSeconds: body.frameSkip * body.timestepSeconds,
  reward: goal.rewardText,
})

/** Without the options that this body has nothing for, so that one task has one name. */
const meaningful = (options: TaskOptions, { coordinates }: Body): TaskOptions =>
  coordinates.contacts ? options : { ...options, contacts: 'zeros' }
