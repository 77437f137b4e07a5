// The spaces of a task, made once for each environment.
import { type Box, box } from '../spaces.ts'
import type { TaskSpec } from '../task-spec.ts'
import type { MujocoTask } from './task.ts'

export const stateSpace = ({ stateNames, stateUnits }: TaskSpec): Box =>
  box(-Infinity, Infinity, stateNames, stateUnits)

export const observationSpaces = ({ spec, observer: { bound } }: MujocoTask): Map<string, Box> =>
  new Map(
    spec.agents.map(({ name, observationNames, observationUnits }) => [
      name,
      box(-bound, bound, observationNames, observationUnits),
    ]),
  )

export function actionSpaces({ agents, actionLow, actionHigh, actionUnit }: TaskSpec): Map<string, Box> {
  return new Map(
    agents.map(({ name, actuators }) => [
      name,
      box(
        actionLow,
        actionHigh,
        actuators,
        actuators.map(() => actionUnit),
      ),
    ]),
  )
}
