// What there is to know of a task without running it: plain values, ready for a manifest.

export interface AgentSpec {
  readonly name: string
  /** The actuators this agent drives, in the order of its action. */
  readonly actuators: readonly string[]
}

export interface TaskSpec {
  readonly name: string
  readonly agents: readonly AgentSpec[]
  /** Length of one agent's action. */
  readonly actionDimension: number
  readonly actionLow: number
  readonly actionHigh: number
  readonly actionUnit: string
  /** Global state, entry by entry. */
  readonly stateNames: readonly string[]
  readonly stateUnits: readonly string[]
  /** An agent's observation, entry by entry. */
  readonly observationNames: readonly string[]
  readonly observationUnits: readonly string[]
  /** Steps after which an episode is truncated. */
  readonly episodeLimit: number
  /** Simulated time of one step. */
  readonly stepSeconds: number
  /** The reward in words; all agents get the same. */
  readonly reward: string
}

/** What the factorisations of one body share. */
export type BodySpec = Omit<
  TaskSpec,
  'name' | 'agents' | 'actionDimension' | 'observationNames' | 'observationUnits'
> & { readonly actuators: readonly string[] }

/**
 * Splits the actuators into equal contiguous blocks, `agent_0` the first. This is what multiagent_mujoco does
 * (`step` concatenates the actions in agent order), whatever joints its partition tuples list.
 */
export function factorise(name: string, body: BodySpec, agentCount: number): TaskSpec {
  const { actuators, ...shared } = body
  const actionDimension = actuators.length / agentCount
  if (!Number.isInteger(actionDimension))
    throw new Error(`${name}: ${actuators.length} actuators do not divide among ${agentCount} agents`)
  const agents = Array.from({ length: agentCount }, (_, i) => ({
    name: `agent_${i}`,
    actuators: actuators.slice(i * actionDimension, (i + 1) * actionDimension),
  }))
  const observationNames = [...body.stateNames, ...agents.map((agent) => `is_${agent.name}`)]
  return {
    ...shared,
    name,
    agents,
    actionDimension,
    observationNames,
    observationUnits: observationNames.map(() => '1'),
  }
}
