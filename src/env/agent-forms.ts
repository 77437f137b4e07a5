// One form for agents that see and do different things, since one network serves them all. What is shorter is padded with
// zeros up to the longest, and where agents differ each sees which one it is: a one-hot id behind its observation.
import { type ActionLayout, entriesOf, layoutOf } from '../common/action-layout.ts'
import type { TaskSpec } from './task-spec.ts'

export interface AgentForm {
  readonly layout: ActionLayout
  /** entries of its observation that are its own, the first ones */
  readonly observed: number
}

export interface CommonForm {
  /** entries of an action and of an observation, for every agent */
  readonly action: number
  readonly observation: number
  /** whether the last entries of an observation are the agent's one-hot id */
  readonly ids: boolean
  readonly agents: readonly AgentForm[]
}

export function commonForm({ agents }: Pick<TaskSpec, 'agents'>): CommonForm {
  const forms = agents.map(({ actuators, choices, observationNames }) => ({
    layout: layoutOf(actuators.length, choices),
    observed: observationNames.length,
  }))
  const told = agents.every(({ name, observationNames }) => observationNames.includes(idOf(name)))
  const ids = !told && new Set(forms.map((form) => JSON.stringify(form))).size > 1
  return {
    action: Math.max(...forms.map(({ layout }) => entriesOf(layout))),
    observation: Math.max(...forms.map(({ observed }) => observed)) + (ids ? agents.length : 0),
    ids,
    agents: forms,
  }
}

/** Whether every agent has numbers alone, as many and as many observations as all others. */
export const isPlain = ({ action, observation, agents }: CommonForm): boolean =>
  agents.every(({ layout, observed }) => layout.box === action && observed === observation)

/** What the entry of an observation is called that is 1 for this agent alone. */
export const idOf = (agent: string): string => `is_${agent}`
