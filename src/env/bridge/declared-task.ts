// A TaskSpec of what a bridged environment declared of itself.
import { greatest, least } from '../../common/statistics.ts'
import { MEAN_OVER_AGENTS, ONE_FOR_ALL } from '../own-rewards.ts'
import type { Box } from '../spaces.ts'
import type { TaskSpec } from '../task-spec.ts'
import type { Declaration } from './declaration.ts'

/** What is not declared reads so: names `obs_0`, units '1'; `episodeLimit` 0 where no limit is known. */
export function declaredTask(declaration: Declaration): TaskSpec {
  const { env, agents, maxSteps, dt, shared } = declaration
  const actions = agents.map(({ action }) => action.box)
  const state = declaredState(declaration)
  return {
    name: env,
    agents: agents.map(({ name, observation, action }) => ({
      name,
      actuators: action.box.names,
      observationNames: observation.box.names,
      observationUnits: observation.box.units,
      ...(action.box.layout && { choices: action.box.layout.choices }),
    })),
    // One pair of bounds for all: the widest.
    actionLow: Math.min(...actions.map(({ low }) => least(low))),
    actionHigh: Math.max(...actions.map(({ high }) => greatest(high))),
    actionUnit: commonUnit(actions),
    stateNames: state.names,
    stateUnits: state.units,
    episodeLimit: maxSteps,
    stepSeconds: dt,
    reward: `as the remote environment defines it, ${shared ? ONE_FOR_ALL : MEAN_OVER_AGENTS}`,
  }
}

/** The declared state; where there is none, the observations of all agents one after the other. */
export function declaredState({ agents, state }: Declaration): Box {
  if (state) return state.box
  const boxes = agents.map(({ observation }) => observation.box)
  const names = agents.flatMap(({ name, observation }) =>
    observation.box.names.map((entry) => `${name}.${entry}`),
  )
  return {
    low: Float64Array.from(boxes.flatMap(({ low }) => [...low])),
    high: Float64Array.from(boxes.flatMap(({ high }) => [...high])),
    shape: [names.length],
    names,
    units: boxes.flatMap(({ units }) => units),
  }
}

function commonUnit(actions: readonly Box[]): string {
  const units = new Set(actions.flatMap((action) => action.units))
  return units.size === 1 ? [...units][0]! : '1'
}
