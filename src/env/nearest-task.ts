// The task that a mistyped name was meant to be.
import { closest } from '../common/closest.ts'

/**
 * ` (did you mean HalfCheetah-2x3-v1?)`, or nothing. The version may be left out, and of a robot alone its first task is
 * meant.
 */
export function taskMeant(given: string, tasks: readonly string[]): string {
  const unversioned = tasks.map((task) => task.replace(/-(v|mj)\d+$/, ''))
  const task = closest(given, [...tasks, ...unversioned]) ?? firstOfRobot(given, tasks)
  return task === undefined ? '' : ` (did you mean ${task}?)`
}

function firstOfRobot(given: string, tasks: readonly string[]): string | undefined {
  const robot = closest(robotOf(given), new Set(tasks.map(robotOf)))
  return tasks.find((task) => robotOf(task) === robot)
}

const robotOf = (task: string): string => task.split('-')[0]!
