// What there is to know of a task without running it: plain values, ready for a manifest.
import { DimaError } from '../common/errors.ts'
import { commonForm, idOf } from './agent-forms.ts'

export interface AgentSpec {
  readonly name: string
  /** The actuators this agent drives, in the order of its action; of choices, their options. */
  readonly actuators: readonly string[]
  /** Options of each choice among the last entries of its action, one-hot; absent: all entries are numbers. */
  readonly choices?: readonly number[]
  /** Of its numbers in the environment's units, where actions are scaled to -1 .. 1; absent: they are not scaled. */
  readonly bounds?: ActionBounds
  /** Its observation, entry by entry. */
  readonly observationNames: readonly string[]
  readonly observationUnits: readonly string[]
}

export interface ActionBounds {
  readonly low: readonly number[]
  readonly high: readonly number[]
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
  /** Entries of the state that vary less than this count as varying so much: some rest until something is touched. */
  readonly leastDeviation?: number
  /** Steps after which an episode is truncated. */
  readonly episodeLimit: number
  /** Simulated time of one step. */
  readonly stepSeconds: number
  /** The team's reward in words, also what it is made of where agents have their own. */
  readonly reward: string
}

/** Lengths of every agent's action and observation, padding included. */
export function agentSizes(task: TaskSpec): { action: number; observation: number } {
  const { action, observation } = commonForm(task)
  return { action, observation }
}

/** For what has no padding: DimaError `unequal_agents` where agents differ in size. */
export function demandEqualAgents({ name, agents }: TaskSpec): void {
  const common = (what: string, sizes: number[]) => {
    if (new Set(sizes).size === 1) return
    throw new DimaError('unequal_agents', `${name}: the agents' ${what}s have ${sizes.join(', ')} entries`, {
      field: what,
      given: sizes,
    })
  }
  common(
    'action',
    agents.map(({ actuators }) => actuators.length),
  )
  common(
    'observation',
    agents.map(({ observationNames }) => observationNames.length),
  )
}

/** Names and units of the entries of an observation, where they are the same for all agents; `entry_i` where not. */
export function commonObservation(task: TaskSpec): { names: string[]; units: string[] } {
  const { agents } = task
  const { observation, ids } = commonForm(task)
  const own = Array.from({ length: observation - (ids ? agents.length : 0) }, (_, i) => i)
  const shared = (pick: (agent: AgentSpec) => readonly string[], other: (i: number) => string) =>
    own.map((i) => {
      const first = pick(agents[0]!)[i]
      return first !== undefined && agents.every((agent) => pick(agent)[i] === first) ? first : other(i)
    })
  const told = ids ? agents.map(({ name }) => idOf(name)) : []
  return {
    names: [
      ...shared(
        ({ observationNames }) => observationNames,
        (i) => `entry_${i}`,
      ),
      ...told,
    ],
    units: [
      ...shared(
        ({ observationUnits }) => observationUnits,
        () => '1',
      ),
      ...told.map(() => '1'),
    ],
  }
}
