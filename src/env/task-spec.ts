// What there is to know of a task without running it: plain values, ready for a manifest.
import { DimaError } from '../common/errors.ts'

export interface AgentSpec {
  readonly name: string
  /** The actuators this agent drives, in the order of its action. */
  readonly actuators: readonly string[]
  /** Its observation, entry by entry. */
  readonly observationNames: readonly string[]
  readonly observationUnits: readonly string[]
}

export interface TaskSpec {
  readonly name: string
  readonly agents: readonly AgentSpec[]
  readonly actionLow: number
  readonly actionHigh: number
  readonly actionUnit: string
  /** Global state, entry by entry. */
  readonly stateNames: readonly string[]
  readonly stateUnits: readonly string[]
  /** Steps after which an episode is truncated. */
  readonly episodeLimit: number
  /** Simulated time of one step. */
  readonly stepSeconds: number
  /** The team's reward in words, also what it is made of where agents have their own. */
  readonly reward: string
}

/** Lengths that all agents share. The networks have one width for every agent: DimaError `unequal_agents` if they differ. */
export function agentSizes({ name, agents }: TaskSpec): { action: number; observation: number } {
  const common = (what: string, sizes: number[]) => {
    if (new Set(sizes).size === 1) return sizes[0]!
    throw new DimaError('unequal_agents', `${name}: the agents' ${what}s have ${sizes.join(', ')} entries`, {
      field: what,
      given: sizes,
    })
  }
  return {
    action: common(
      'action',
      agents.map(({ actuators }) => actuators.length),
    ),
    observation: common(
      'observation',
      agents.map(({ observationNames }) => observationNames.length),
    ),
  }
}

/** Names and units of the entries of an observation, where they are the same for all agents; `entry_i` where not. */
export function commonObservation({ agents }: TaskSpec): { names: string[]; units: string[] } {
  const [first, ...others] = agents
  const shared = <T>(pick: (agent: AgentSpec) => readonly T[], other: (i: number) => T) =>
    pick(first!).map((value, i) => (others.every((agent) => pick(agent)[i] === value) ? value : other(i)))
  return {
    names: shared(
      ({ observationNames }) => observationNames,
      (i) => `entry_${i}`,
    ),
    units: shared(
      ({ observationUnits }) => observationUnits,
      () => '1',
    ),
  }
}
