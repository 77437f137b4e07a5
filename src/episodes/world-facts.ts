// What a manifest says of a world, of any kind, that its task and the data that it learned from decide.
import { agentSizes, commonObservation, type TaskSpec } from '../env/task-spec.ts'
import type { Manifest } from '../registry/manifest.ts'
import { deviationsOf, type RunningStatistics } from './statistics.ts'

/** What a model is made of besides its weights; of ends that are not known there may be some. */
export interface Learned {
  statistics: Pick<RunningStatistics, 'mean' | 'variance'>
  ends?: number | undefined
}

/** Of a task: who acts, how, and what there is to see. */
export function taskFacts(task: TaskSpec): Pick<Manifest, 'agents' | 'action' | 'state' | 'observation'> {
  const observation = commonObservation(task)
  const entries = (names: readonly string[], units: readonly string[]) =>
    names.map((name, i) => ({ name, unit: units[i]! }))
  return {
    agents: agentFacts(task),
    action: {
      dimension: agentSizes(task).action,
      low: task.actionLow,
      high: task.actionHigh,
      unit: task.actionUnit,
    },
    state: entries(task.stateNames, task.stateUnits),
    observation: entries(observation.names, observation.units),
  }
}

/** Of the data: in which units states are told, and whether episodes end there. */
export const dataFacts = (
  { statistics, ends }: Learned,
  { leastDeviation: least }: Pick<TaskSpec, 'leastDeviation'>,
): Pick<Manifest, 'normalisation' | 'terminates'> => ({
  normalisation: {
    mean: [...statistics.mean],
    std: [...deviationsOf(statistics.variance, least)],
    ...(least !== undefined && { least }),
  },
  ...(ends === 0 ? { terminates: false } : {}),
})

function agentFacts(task: TaskSpec): Manifest['agents'] {
  const { observation } = agentSizes(task)
  return task.agents.map(({ name, actuators, choices, bounds, observationNames: { length: observed } }) => ({
    name,
    actuators: [...actuators],
    ...(choices && { choices: [...choices] }),
    ...(bounds && { bounds: { low: [...bounds.low], high: [...bounds.high] } }),
    ...(observed < observation && { observed }),
  }))
}
