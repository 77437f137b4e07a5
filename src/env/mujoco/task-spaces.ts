// The spaces of a task, made once for each environment.
import { unknownAgent } from '../agent-actions.ts'
import { type Box, box } from '../spaces.ts'
import type { TaskSpec } from '../task-spec.ts'
import type { MujocoTask } from './task.ts'

export class TaskSpaces {
  readonly state: Box
  private readonly observations: ReadonlyMap<string, Box>
  private readonly actions: ReadonlyMap<string, Box>

  constructor(task: MujocoTask) {
    this.state = stateSpace(task)
    this.observations = observationSpaces(task)
    this.actions = actionSpaces(task.spec)
  }

  /** DimaError `unknown_agent`. */
  observation(agent: string): Box {
    return spaceOf(agent, this.observations)
  }

  /** DimaError `unknown_agent`. */
  action(agent: string): Box {
    return spaceOf(agent, this.actions)
  }
}

function spaceOf(agent: string, spaces: ReadonlyMap<string, Box>): Box {
  const space = spaces.get(agent)
  if (!space) throw unknownAgent(agent, [...spaces.keys()])
  return space
}

const stateSpace = ({ goal: { stateBound = Infinity, stateNames, stateUnits } }: MujocoTask): Box =>
  box(-stateBound, stateBound, stateNames, stateUnits)

const observationSpaces = ({ spec, observer: { bound } }: MujocoTask): Map<string, Box> =>
  new Map(
    spec.agents.map(({ name, observationNames, observationUnits }) => [
      name,
      box(-bound, bound, observationNames, observationUnits),
    ]),
  )

function actionSpaces({ agents, actionLow, actionHigh, actionUnit }: TaskSpec): Map<string, Box> {
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
