// The task that a mistyped name was meant to be.
import { closest } from '../common/closest.ts'

/**
 * ` (did you mean HalfCheetah-2x3-v1?)`, or nothing. The version may be left out, of the beginning of a name the first task
 * that begins so is meant, and of a robot alone its first.
 */
export function taskMeant(given: string, tasks: readonly string[]): string {
  const begun = tasks.find((task) => given.includes('-') && begins(task, unversioned(given)))
  const task = begun ?? closest(given, [...tasks, ...tasks.map(unversioned)]) ?? firstOfRobot(given, tasks)
  return task === undefined ? '' : ` (did you mean ${task}?)`
}

const unversioned = (task: string): string => task.replace(/-(v|mj)\d+$/, '')
const begins = (task: string, given: string): boolean => task.toLowerCase().startsWith(given.toLowerCase())

function firstOfRobot(given: string, tasks: readonly string[]): string | undefined {
  const robot = closest(robotOf(given), new Set(tasks.map(robotOf)))
  return tasks.find((task) => robotOf(task) === robot)
}

const robotOf = (task: string): string => task.split('-')[0]!
