// The spaces of a task, made once for each environment.
import { type Box, box } from './spaces.ts'
import type { TaskSpec } from './task-spec.ts'

export const stateSpace = ({ stateNames, stateUnits }: TaskSpec): Box =>
  box(-Infinity, Infinity, stateNames, stateUnits)

/** The largest entry of n standardised values is sqrt(n - 1); sqrt(n) leaves room for rounding. */
export function observationSpaces({
  agents,
  observationNames,
  observationUnits,
}: TaskSpec): Map<string, Box> {
  const bound = Math.sqrt(observationNames.length)
  return new Map(agents.map(({ name }) => [name, box(-bound, bound, observationNames, observationUnits)]))
}

export function actionSpaces(spec: TaskSpec): Map<string, Box> {
  const units = Array<string>(spec.actionDimension).fill(spec.actionUnit)
  return new Map(
    spec.agents.map(({ name, actuators }) => [name, box(spec.actionLow, spec.actionHigh, actuators, units)]),
  )
}
