// What the agents see, by the option `observation`.
import type { JointedBody } from '../robots/body.ts'
import type { Goal } from '../robots/goal.ts'
import type { AgentActuators } from './factorisation.ts'
import { kHop } from './k-hop.ts'
import type { Simulation } from './simulation.ts'
import { standardise } from './standardise.ts'
import type { TaskOptions } from './task-options.ts'

export interface ObservationEntries {
  readonly observationNames: readonly string[]
  readonly observationUnits: readonly string[]
}

export interface Observer {
  /** What each agent observes, agent by agent. */
  readonly entries: readonly ObservationEntries[]
  /** Bound of every entry; infinite unless standardised. */
  readonly bound: number
  /**
   * Writes what an agent sees at `offset` of `target`. Right after a step or reset of `simulation`; `state` [S] is its
   * global state.
   */
  write(
    agent: number,
    simulation: Simulation,
    state: Float64Array,
    target: Float64Array,
    offset: number,
  ): void
}

export function observerOf(
  body: JointedBody,
  goal: Goal,
  agents: readonly AgentActuators[],
  options: TaskOptions,
): Observer {
  if (options.observation === 'k-hop') return kHop(body, agents, options)
  return wholeState(goal, agents, options.observation === 'standardised')
}

/**
 * multiagent_mujoco's `get_obs`: the whole state and the agent's one-hot id, as they are or standardised. The id of a
 * single agent is 1 in every step: it keeps the layout, but standardised values of a planar robot can't be computed
 * back then. (They would be NaN if the whole state were exactly 1, which no episode reaches.)
 */
function wholeState(goal: Goal, agents: readonly AgentActuators[], standardised: boolean): Observer {
  const size = goal.stateNames.length
  const names = [...goal.stateNames, ...agents.map(({ name }) => `is_${name}`)]
  const units = [...goal.stateUnits, ...agents.map(() => '1')]
  const entries = {
    observationNames: names,
    observationUnits: standardised ? names.map(() => '1') : units,
  }
  return {
    entries: agents.map(() => entries),
    // The largest entry of n standardised values is sqrt(n - 1); sqrt(n) leaves room for rounding.
    bound: standardised ? Math.sqrt(names.length) : Number.POSITIVE_INFINITY,
    write(agent, _simulation, state, target, offset) {
      target.set(state, offset)
      target.fill(0, offset + size, offset + names.length)
      target[offset + size + agent] = 1
      if (standardised) standardise(target, offset, names.length)
    },
  }
}
